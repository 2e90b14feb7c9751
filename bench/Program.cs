using Confluent.Kafka;
using Npgsql;
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
    var isComplete = await BenchCases.RunAsync(options.Case, bench);

    Console.WriteLine();
    Console.WriteLine(report.ToText());
    var file = options.ReportFile(isComplete);
    report.WriteTo(file);
    Console.WriteLine($"written to {file}{(isComplete ? "" : ", as not every case came to its end")}");
    return isComplete ? ExitCode.Ok : ExitCode.Failed;
}
catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
{
    Console.WriteLine("stopped, nothing was written");
    return ExitCode.Stopped;
}
catch (Exception failure) when (failure is BenchException or NpgsqlException or KafkaException)
{
    await Console.Error.WriteLineAsync($"error: {failure.Message}");
    return ExitCode.Failed;
}
