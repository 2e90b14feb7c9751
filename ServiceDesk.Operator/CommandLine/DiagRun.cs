using System.CommandLine;
using System.CommandLine.Help;
using Confluent.Kafka;
using Npgsql;

namespace ServiceDesk.Operator.CommandLine;

/// <summary>What a command gets besides its arguments. An error that a person can act on is one line
/// on stderr.</summary>
internal sealed record DiagRun(DiagSettings Settings, TextWriter Output, CancellationToken Cancelled)
{
    public const string Description =
        """
        What is in the outbox, in Kafka and in processed_events, and another chance for what failed.

        Environment: DATABASE_URL, KAFKA_BROKERS (127.0.0.1:29092), KAFKA_TOPIC (tickets.events), KAFKA_DLQ_TOPIC
        (tickets.dlq), KAFKA_GROUP_ID (notification-service).
        Exit codes: 0 done, 1 not there or not in time, 2 wrong usage, 3 a server is unavailable, 130 interrupted.
        """;

    public Task PrintAsync(string line) => Output.WriteLineAsync(line.AsMemory(), Cancelled);

    public Task PrintAsync(Table table) => Output.WriteAsync(table.ToString().AsMemory(), Cancelled);

    public static DiagException? Explain(Exception failure, DiagSettings settings) => failure switch
    {
        DiagException known => known,
        KafkaException kafka => ExplainKafka(kafka.Error, settings.Brokers),
        NpgsqlException or TimeoutException => ExplainPostgres(failure, settings.Connection()),
        _ => null,
    };

    private static DiagException ExplainKafka(Error error, string brokers) => error.Code switch
    {
        ErrorCode.Local_Transport or ErrorCode.Local_TimedOut or ErrorCode.Local_AllBrokersDown
            or ErrorCode.Local_Resolve or ErrorCode.Local_MsgTimedOut or ErrorCode.RequestTimedOut =>
            DiagException.Unavailable($"Kafka at {brokers} does not answer ({error.Reason})"),
        _ => DiagException.Unavailable($"Kafka at {brokers} refused: {error.Reason} ({error.Code})"),
    };

    private static DiagException ExplainPostgres(Exception failure, NpgsqlConnectionStringBuilder connection)
    {
        var server = $"Postgres at {connection.Host}:{connection.Port}";
        return failure switch
        {
            PostgresException
            {
                SqlState: PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.UndefinedTable
            } =>
                DiagException.Unavailable($"{server} has no schema yet: make migrate-up"),
            PostgresException
            {
                SqlState: PostgresErrorCodes.InvalidParameterValue or PostgresErrorCodes.InsufficientPrivilege
            } refused =>
                DiagException.Unavailable(
                    $"{server} refused: {refused.MessageText}. make migrate-up gives that role its rights; "
                    + "Database__Role=none does without it"),
            PostgresException refused =>
                DiagException.Unavailable($"{server} refused: {refused.MessageText} ({refused.SqlState})"),
            _ => DiagException.Unavailable($"{server} does not answer ({(failure.InnerException ?? failure).Message})"),
        };
    }
}

internal static class DiagCommands
{
    private const int Interrupted = 130;

    /// <summary>Parses and runs; a wrong command line ends with one line, too.</summary>
    public static async Task<int> RunAsync(this RootCommand root, string[] args)
    {
        var parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            await Console.Error.WriteLineAsync($"diag: {parsed.Errors[^1].Message} (diag --help)");
            return DiagException.UsageCode;
        }

        var code = await parsed.InvokeAsync();
        return args.Length == 0 ? DiagException.UsageCode : code;
    }

    /// <summary>Gives the command its action.</summary>
    /// <param name="command">The command.</param>
    /// <param name="action">Returns whether what was asked for is there.</param>
    public static Command Does(this Command command, Func<ParseResult, DiagRun, Task<bool>> action)
    {
        command.SetAction(async (parsed, cancelled) =>
        {
            var settings = DiagSettings.FromEnvironment();
            try
            {
                return await action(parsed, new DiagRun(settings, Console.Out, cancelled))
                    ? 0
                    : DiagException.NotFoundCode;
            }
            catch (OperationCanceledException) when (cancelled.IsCancellationRequested)
            {
                return Interrupted;
            }
            catch (Exception failure) when (DiagRun.Explain(failure, settings) is { } known)
            {
                await Console.Error.WriteLineAsync($"diag: {known.Message}");
                return known.Code;
            }
        });
        return command;
    }

    public static Command Does(this Command command, Func<ParseResult, DiagRun, Task> action) =>
        command.Does(async (parsed, run) =>
        {
            await action(parsed, run);
            return true;
        });
}
