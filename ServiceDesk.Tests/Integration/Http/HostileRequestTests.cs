using System.Text.Json;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Http;

/// <summary>Requests from ill-behaved clients: soon answered with 4xx or a closed connection, never 5xx.</summary>
[Collection(TicketApiTests.Name)]
public sealed class HostileRequestTests(TicketApiFixture api)
{
    private const string Head = "POST /tickets HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n";

    /// <summary>The API gives a request 10 s; a little more for the machine.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_body_of_2_MiB_is_refused_with_413()
    {
        using var connection = await OpenAsync();
        var sending = connection.SendAsync(
            $"{Head}Content-Length: {2 * 1024 * 1024}\r\n\r\n{new string(' ', 2 * 1024 * 1024)}");

        var answer = await connection.ReadAsync("\r\n\r\n", Soon);

        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        await sending;
    }

    [Fact]
    public async Task Chunks_beyond_1_MiB_are_refused_with_413()
    {
        using var connection = await OpenAsync();
        await connection.SendAsync($"{Head}Transfer-Encoding: chunked\r\n\r\n");
        var chunk = $"10000\r\n{new string(' ', 0x10000)}\r\n";
        var sent = 0;
        while (sent < 64 && await connection.SendAsync(chunk))
        {
            sent++;
        }

        Assert.Contains(await connection.StatusAsync(Soon), new int?[] { 413, null });
        Assert.Equal(201, (await api.Client.PostAsync(new { title = "Still served" })).Status);
    }

    [Fact]
    public async Task Chunks_without_end_are_given_up()
    {
        using var connection = await OpenAsync();
        await connection.SendAsync($"{Head}Transfer-Encoding: chunked\r\n\r\n5\r\n{{\"tit\r\n");

        Assert.Contains(await connection.StatusAsync(Soon), new int?[] { 408, null });
    }

    [Fact]
    public async Task A_body_shorter_than_announced_is_given_up()
    {
        using var connection = await OpenAsync();
        await connection.SendAsync($"{Head}Content-Length: 100\r\n\r\n{{\"title\":");

        Assert.Contains(await connection.StatusAsync(Soon), new int?[] { 408, null });
    }

    [Fact]
    public async Task A_head_that_never_ends_is_given_up()
    {
        using var connection = await OpenAsync();
        await connection.SendAsync("GET /tickets HTTP/1.1\r\nHost: test\r\nX-Slow: ");

        Assert.Contains(await connection.StatusAsync(Soon), new int?[] { 408, null });
    }

    [Fact]
    public async Task A_header_of_100_kB_is_refused()
    {
        using var connection = await OpenAsync();
        await connection.SendAsync(
            $"GET /tickets HTTP/1.1\r\nHost: test\r\nX-Large: {new string('x', 100_000)}\r\n\r\n");

        Assert.Contains(await connection.StatusAsync(Soon), new int?[] { 431, null });
    }

    public static TheoryData<string> Malformed =>
    [
        "nonsense\r\n\r\n",
        "GET /tickets HTTP/1.1\r\n\r\n",
        "GET /tickets/%00 HTTP/1.1\r\nHost: test\r\n\r\n",
        "GET /tickets/%ff%fe HTTP/1.1\r\nHost: test\r\n\r\n",
        "GET /tickets?cursor=%00 HTTP/1.1\r\nHost: test\r\n\r\n",
        "GET /tickets?status=%ff HTTP/1.1\r\nHost: test\r\n\r\n",
        $"{Head}Content-Length: -1\r\n\r\n",
        $"{Head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        $"{Head}Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        $"{Head}Content-Length: 15\r\nIdempotency-Key: \xe9\r\n\r\n{{\"title\":\"abc\"}}",
        $"{Head}Content-Length: 15\r\nIdempotency-Key: a\u0001b\r\n\r\n{{\"title\":\"abc\"}}",
    ];

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_malformed_request_is_answered_with_4xx(string request)
    {
        using var connection = await OpenAsync();
        await connection.SendAsync(request);

        Assert.InRange(await connection.StatusAsync(Soon) ?? 400, 400, 499);
    }

    [Theory]
    [InlineData("nonsense\r\n\r\n", 400)]
    [InlineData("GET /tickets HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET /tickets/%00 HTTP/1.1\r\nHost: test\r\n\r\n", 400)]
    [InlineData("GET /tickets HTTP/1.1\r\nHost: test\r\nX Bad: 1\r\n\r\n", 400)]
    [InlineData("GET /tickets HTTP/9.9\r\nHost: test\r\n\r\n", 505)]
    public async Task What_the_server_cannot_read_is_answered_with_a_problem_document_too(string request, int status)
    {
        using var connection = await OpenAsync();
        await connection.SendAsync(request);

        var answer = await connection.ReadAsync(until: null, Soon);

        var (head, body) = answer.Split("\r\n\r\n") is [var h, var b]
            ? (h, b)
            : throw new InvalidOperationException(answer);
        Assert.StartsWith($"HTTP/1.1 {status} ", head, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/problem+json", head, StringComparison.Ordinal);
        Assert.Contains("Connection: close", head, StringComparison.Ordinal);
        var document = JsonDocument.Parse(body).RootElement;
        Assert.Equal(status, document.GetProperty("status").GetInt32());
        Assert.Contains(
            $"X-Request-Id: {document.GetProperty("request_id").GetString()}", head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Idempotency-Key: caf\xe9")]
    [InlineData("Idempotency-Key: \xff\xfe")]
    public async Task A_header_byte_beyond_ascii_is_refused_in_a_problem_document(string header)
    {
        using var connection = await OpenAsync();
        await connection.SendAsync(
            $"{Head}Content-Length: 15\r\n{header}\r\nConnection: close\r\n\r\n{{\"title\":\"abc\"}}");

        var answer = await connection.ReadAsync(until: null, Soon);

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("X-Request-Id: ", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"validation_error\"", answer, StringComparison.Ordinal);
        Assert.Contains("\"field\":\"Idempotency-Key\"", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("User-Agent: caf\xe9")]
    [InlineData("X-Request-Id: caf\xe9")]
    public async Task A_header_byte_beyond_ascii_where_nobody_minds_is_let_through(string header)
    {
        using var connection = await OpenAsync();
        await connection.SendAsync($"GET /tickets HTTP/1.1\r\nHost: test\r\n{header}\r\nConnection: close\r\n\r\n");

        var answer = await connection.ReadAsync(until: null, Soon);

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("\xe9", answer, StringComparison.Ordinal);
    }

    private Task<RawConnection> OpenAsync() => RawConnection.OpenAsync(api.Process.Http.BaseAddress!);
}
