using Confluent.Kafka;
using Diag.Kafka;
using Diag.Postgres;
using Npgsql;

namespace Diag.CommandLine;

/// <summary>Finds the verb, runs it, and turns what went wrong into one line and an exit code.</summary>
internal static class CommandRunner
{
    public static async Task<int> RunAsync(string[] args)
    {
        if (args is [] or ["--help" or "-h" or "help", ..] || args.Contains("--help"))
        {
            await Console.Out.WriteAsync(Help.Text(args));
            return args.Length == 0 ? ExitCode.Usage : ExitCode.Ok;
        }

        using var cancelled = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            cancelled.Cancel();
        };

        var settings = DiagSettings.FromEnvironment();
        try
        {
            var command = CommandCatalog.All.FirstOrDefault(c => c.Verb == args[0])
                ?? throw DiagException.Usage($"unknown command {args[0]}; diag --help lists them");
            var arguments = Arguments.Parse(command, args.AsSpan(1));
            return await command.RunAsync(new(arguments, settings, Console.Out, cancelled.Token));
        }
        catch (OperationCanceledException) when (cancelled.IsCancellationRequested)
        {
            return 130;
        }
        catch (Exception e) when (Explain(e, settings) is { } failure)
        {
            await Console.Error.WriteLineAsync($"diag: {failure.Message}");
            return failure.ExitCode;
        }
    }

    public static DiagException? Explain(Exception e, DiagSettings settings) => e switch
    {
        DiagException known => known,
        KafkaException kafka => KafkaFailure.Explain(kafka, settings.Brokers),
        NpgsqlException or TimeoutException => PostgresFailure.Explain(e, settings),
        _ => null,
    };
}
