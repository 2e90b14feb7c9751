using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDesk.TicketApi.Tickets;

/// <summary>Body of <c>POST /tickets</c>.</summary>
public sealed record CreateTicketRequest
{
    /// <summary>3 to 200 characters after trimming.</summary>
    public string? Title { get; init; }

    /// <summary>At most 5000 characters; may be left out.</summary>
    public string? Description { get; init; }

    /// <summary>Catches fields that are not known, so that a misspelt one is named instead of lost.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>Body of <c>PATCH /tickets/{id}</c>.</summary>
public sealed record ChangeStatusRequest
{
    /// <summary>open, in_progress, resolved or closed.</summary>
    public string? Status { get; init; }

    /// <inheritdoc cref="CreateTicketRequest.Unknown"/>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>A checked request to create a ticket.</summary>
internal sealed record NewTicket(string Title, string Description, string? IdempotencyKey, byte[]? RequestHash)
{
    public Guid Id { get; } = Guid.CreateVersion7();
}

/// <summary>A checked request to change a ticket.</summary>
/// <param name="Ticket">Its id.</param>
/// <param name="Status">What it shall be.</param>
/// <param name="IsCurrent">Whether the caller knows this version of it.</param>
/// <param name="IdempotencyKey">Null when there is none.</param>
/// <param name="RequestHash">Null when there is no key.</param>
internal sealed record NewStatus(
    Guid Ticket, string Status, Predicate<int> IsCurrent, string? IdempotencyKey, byte[]? RequestHash);

/// <summary>Tells a repeated request from another one under the same Idempotency-Key.</summary>
internal static class RequestHash
{
    /// <summary>Covers the ticket, and every member of the request as JSON.</summary>
    public static byte[] Compute(Guid ticket, ChangeStatusRequest request) => SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{ticket}\0{JsonSerializer.Serialize(request, RequestHashJson.Default.ChangeStatusRequest)}"));

    /// <summary>Covers every member of the request without naming it: title and description first, as the first release
    /// hashed them, then whatever else was sent, as JSON. So a new member counts at once, and keys from before it still
    /// match. Neither text can contain the separator.</summary>
    /// <param name="request">The request after trimming.</param>
    public static byte[] Compute(CreateTicketRequest request)
    {
        var text = $"{request.Title}\0{request.Description}";
        var rest = JsonSerializer.Serialize(
            request with { Title = null, Description = null }, RequestHashJson.Default.CreateTicketRequest);
        return SHA256.HashData(Encoding.UTF8.GetBytes(rest == "{}" ? text : $"{text}\0{rest}"));
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CreateTicketRequest))]
[JsonSerializable(typeof(ChangeStatusRequest))]
internal sealed partial class RequestHashJson : JsonSerializerContext;
