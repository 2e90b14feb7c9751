namespace ServiceDesk.TicketApi.Http;

/// <summary>A problem document (RFC 9457) with two members of ours: <c>code</c> for programs, <c>request_id</c> for the logs.</summary>
internal sealed record Problem(string Type, string Title, int Status, string Detail, string Code, string RequestId, string? Field)
{
    public const string ContentType = "application/problem+json";
}
