using System.Text;

namespace ServiceDesk.Bench.Load;

/// <summary>Requests as bytes, made once and sent many times.</summary>
internal static class HttpRequests
{
    public static byte[] Get(Uri service, string path) =>
        Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {service.Authority}\r\n\r\n");

    public static byte[] ChangeStatus(Uri service, string ticket, string status)
    {
        var body = $$"""{"status":"{{status}}"}""";
        return Encoding.ASCII.GetBytes(
            $"PATCH /tickets/{ticket} HTTP/1.1\r\nHost: {service.Authority}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }

    /// <param name="service">Where it is sent.</param>
    /// <param name="requestId">X-Request-Id; the service makes one when it is null.</param>
    public static byte[] CreateTicket(Uri service, string? requestId = null)
    {
        var body = $$"""{"title":"{{SampleTexts.Title}}","description":"{{SampleTexts.Description}}"}""";
        var id = requestId is null ? "" : $"X-Request-Id: {requestId}\r\n";
        return Encoding.ASCII.GetBytes(
            $"POST /tickets HTTP/1.1\r\nHost: {service.Authority}\r\n"
            + $"Content-Type: application/json\r\n{id}Content-Length: {body.Length}\r\n\r\n{body}");
    }
}
