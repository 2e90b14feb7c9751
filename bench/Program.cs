using ServiceDesk.Bench;
using ServiceDesk.Bench.Cases;
using ServiceDesk.Bench.Reporting;
using ServiceDesk.Bench.Servers;

using var stop = new StopSignals();
try
{
    var options = Options.Parse(args);
    var servers = ServerAddresses.FromEnvironment();
    var report = new Report(await Conditions.ReadAsync(servers, options, stop.Token));
    var bench = new BenchRun(servers, options.Sizes, report, stop.Token);

    foreach (var benchCase in BenchCases.Select(options.Case))
    {
        Console.WriteLine($"== {benchCase.Name}: {benchCase.Question}");
        await benchCase.RunAsync(bench);
    }

    Console.WriteLine();
    Console.WriteLine(report.ToText());
    Console.WriteLine($"written to {report.WriteTo(options)}");
    return ExitCode.Ok;
}
catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
{
    Console.WriteLine("stopped, nothing was written");
    return ExitCode.Stopped;
}
catch (Exception failure) when (failure is BenchException or Npgsql.NpgsqlException or Confluent.Kafka.KafkaException)
{
    await Console.Error.WriteLineAsync($"error: {failure.Message}");
    return ExitCode.Failed;
}
