namespace ServiceDesk.Bench.Servers;

/// <summary>The control of eng/LocalKafka.</summary>
internal static class LocalKafka
{
    /// <summary>What it keeps of a partition; older messages are dropped without a word.</summary>
    public const int BytesPerPartition = 5 * 1024 * 1024;

    public static Task DelayAsync(ServerAddresses servers, TimeSpan latency, CancellationToken cancellation) =>
        CommandAsync(servers, $"faults/latency?ms={latency.TotalMilliseconds:0}", cancellation);

    public static async Task CommandAsync(ServerAddresses servers, string command, CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = servers.LocalKafkaControl };
        using var answer = await http.PostAsync(command, content: null, cancellation);
        if (!answer.IsSuccessStatusCode)
        {
            throw new BenchException(
                $"LocalKafka refused {command}: {await answer.Content.ReadAsStringAsync(cancellation)}");
        }
    }
}
