namespace ServiceDesk.Operator.Api;

/// <summary>A request that cannot be served as it is: the answer is a problem document, and on a page a
/// message.</summary>
internal sealed class ApiException(int status, string code, string detail, string? field = null) : Exception(detail)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    public string? Field { get; } = field;

    public static ApiException Invalid(string field, string rule) =>
        new(StatusCodes.Status400BadRequest, "validation_error", $"{field} {rule}.", field);

    /// <exception cref="ApiException">It does not hold.</exception>
    public static void Require(bool holds, string field, string rule)
    {
        if (!holds)
        {
            throw Invalid(field, rule);
        }
    }

    public static ApiException NotFound(string what) =>
        new(StatusCodes.Status404NotFound, "not_found", $"There is no {what}.");

    public static ApiException Conflict(string detail) =>
        new(StatusCodes.Status409Conflict, "conflict", detail);

    /// <summary>Text that Postgres can keep, in bounds.</summary>
    public static string? Text(string? text, string field, int longest)
    {
        var trimmed = text?.Trim() is { Length: > 0 } some ? some : null;
        return trimmed is null ? null
            : trimmed.Length > longest ? throw Invalid(field, $"must not be longer than {longest} characters")
            : trimmed.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'))
                ? throw Invalid(field, "must not have control characters")
            : trimmed;
    }
}
