using System.Text.RegularExpressions;

namespace ServiceDesk.Tests.Infrastructure;

/// <summary>A broker of our own, with faults on request.</summary>
internal sealed partial class LocalKafkaProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly HttpClient _control;

    private LocalKafkaProcess(ChildProcess process, string bootstrap, string control)
    {
        _process = process;
        _control = new HttpClient { BaseAddress = new Uri(control), Timeout = TimeSpan.FromSeconds(10) };
        Bootstrap = bootstrap;
    }

    public string Bootstrap { get; }

    public static async Task<LocalKafkaProcess> StartAsync()
    {
        var process = ChildProcess.StartProgram("eng/LocalKafka", ["--port", "0", "--control-port", "0"], []);
        try
        {
            var ready = Ready().Match(await process.Output.LineAsync("that it is ready", Ready().IsMatch));
            return new LocalKafkaProcess(process, ready.Groups["bootstrap"].Value, ready.Groups["control"].Value);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public Task CreateTopicAsync(string name, int partitions) =>
        CommandAsync($"topics?name={name}&partitions={partitions}");

    /// <summary>Every connection is reset, and no new one works.</summary>
    public Task GoDownAsync() => CommandAsync("faults/down");

    public Task ComeUpAsync() => CommandAsync("faults/up");

    /// <summary>The next requests of one kind fail with this error of Kafka's.</summary>
    public Task FailNextAsync(string api, string error, int count) =>
        CommandAsync($"faults/errors?api={api}&code={error}&count={count}");

    /// <summary>Every answer comes later by this much.</summary>
    public Task DelayAsync(TimeSpan latency) => CommandAsync($"faults/latency?ms={latency.TotalMilliseconds:0}");

    /// <summary>Ends every fault.</summary>
    public Task ClearFaultsAsync() => CommandAsync("faults/clear");

    public async ValueTask DisposeAsync()
    {
        _control.Dispose();
        await _process.DisposeAsync();
    }

    private async Task CommandAsync(string command)
    {
        using var answer = await _control.PostAsync(command, content: null);
        Assert.True(
            answer.IsSuccessStatusCode, $"LocalKafka refused {command}: {await answer.Content.ReadAsStringAsync()}");
    }

    [GeneratedRegex("^LocalKafka ready: bootstrap=(?<bootstrap>[^ ]+) control=(?<control>[^ ]+)$")]
    private static partial Regex Ready();
}
