using System.Globalization;
using Confluent.Kafka;
using Npgsql;
using NpgsqlTypes;
using ServiceDesk.Clients;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.Operator.CommandLine;
using ServiceDesk.Operator.Kafka;
using ServiceDesk.Operator.Postgres;
using ServiceDesk.Settings;
using static ServiceDesk.Operator.Postgres.Query;

namespace ServiceDesk.Operator.Letters;

/// <summary>Copies the dead-letter topic into its table as letters come, each once: a partition's position is locked
/// and moved in the transaction that adds what was read. Any number of consoles may do so.</summary>
internal sealed partial class LetterIndexer(
    NpgsqlDataSource database, DiagSettings kafka, SchemaGate schema, TimeProvider time, ILogger<LetterIndexer> logger)
    : BackgroundService
{
    private const int BatchSize = 200;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SettleInterval = TimeSpan.FromSeconds(30);

    private readonly LogPace _pace = new(time);
    private long _lastSettled;

    /// <summary>Why the copy is behind, or null.</summary>
    public string? Problem { get; private set; }

    /// <summary>Letters that are not copied yet.</summary>
    public long Behind { get; private set; }

    /// <summary>After new letters were added.</summary>
    public event Action? Changed;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await schema.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await ReadTopicAsync(stoppingToken);
                Problem = null;
                if (time.GetElapsedTime(_lastSettled) > SettleInterval)
                {
                    _lastSettled = time.GetTimestamp();
                    await using var settle = database.CreateCommand(LetterSql.Settle);
                    await settle.ExecuteNonQueryAsync(stoppingToken);
                }
            }
            catch (Exception away) when (away is KafkaException or DiagException || DatabaseFailure.IsOutage(away))
            {
                Problem = away.Message;
                if (_pace.Next(away.Message) is { } reason)
                {
                    LogBehind(reason);
                }
            }
            catch (Exception bug) when (bug is not OperationCanceledException)
            {
                Problem = bug.Message;
                LogFailed(bug);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task ReadTopicAsync(CancellationToken stopping)
    {
        // Off the pool's threads that serve pages: the client blocks.
        using var broker = new Broker(kafka);
        using var reader = broker.Reader();
        var partitions = await Task.Run(() => broker.Partitions(kafka.DeadLetterTopic), stopping);
        var behind = 0L;
        foreach (var partition in partitions)
        {
            long left;
            do
            {
                left = await ReadBatchAsync(reader, partition, stopping);
            }
            while (left > 0 && !stopping.IsCancellationRequested);

            behind += Math.Max(0, left);
        }

        Behind = behind;
    }

    /// <returns>How many letters are left in the partition.</returns>
    private async Task<long> ReadBatchAsync(
        IConsumer<byte[], byte[]> reader, TopicPartition partition, CancellationToken stopping)
    {
        var range = await Task.Run(
            () => reader.QueryWatermarkOffsets(partition, DiagSettings.AnswerTimeout), stopping);
        await using var connection = await database.OpenConnectionAsync(stopping);
        await connection.ExecuteAsync(
            LetterSql.MeetPartition, stopping, Text(partition.Topic), Int(partition.Partition.Value));
        await using var transaction = await connection.BeginTransactionAsync(stopping);
        await using var take = new NpgsqlCommand(LetterSql.TakePosition, connection);
        var taken = await take.ReadAsync(
            row => (Generation: row.GetInt32(0), Next: row.GetInt64(1)), stopping,
            Text(partition.Topic), Int(partition.Partition.Value));
        if (taken is not [var (generation, next)])
        {
            return 0;
        }

        if (next > range.High.Value)
        {
            // The topic was made anew, and its offsets begin again.
            LogMadeAnew(partition.Topic, partition.Partition.Value);
            (generation, next) = (generation + 1, 0);
        }

        next = Math.Max(next, range.Low.Value);
        if (next >= range.High.Value && taken[0] == (generation, next))
        {
            return 0;
        }

        var letters = await Task.Run(() => Read(reader, partition, next, range.High.Value, stopping), stopping);
        foreach (var letter in letters)
        {
            await AddAsync(connection, generation, letter, stopping);
            next = letter.At.Offset.Value + 1;
        }

        await connection.ExecuteAsync(
            LetterSql.SetPosition, stopping, Text(partition.Topic), Int(partition.Partition.Value), Int(generation),
            Number(letters.Count == 0 ? range.High.Value : next));
        await transaction.CommitAsync(stopping);
        if (letters.Count > 0)
        {
            Changed?.Invoke();
        }

        return letters.Count == 0 ? 0 : range.High.Value - next;
    }

    /// <summary>Offsets may have holes, so reading ends at the partition's end, too.</summary>
    private static List<Message> Read(
        IConsumer<byte[], byte[]> reader, TopicPartition partition, long from, long end, CancellationToken stopping)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(DiagSettings.AnswerTimeout);
        reader.Assign(new TopicPartitionOffset(partition, from));
        var letters = new List<Message>();
        try
        {
            while (letters.Count < BatchSize && reader.Consume(limit.Token) is { IsPartitionEOF: false } result)
            {
                letters.Add(Message.From(result));
                if (result.Offset.Value >= end - 1)
                {
                    break;
                }
            }

            return letters;
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            throw new KafkaException(new Error(ErrorCode.Local_TimedOut, "the dead-letter topic cannot be read"));
        }
    }

    private static Task<int> AddAsync(
        NpgsqlConnection connection, int generation, Message letter, CancellationToken stopping)
    {
        var headers = letter.Raw.Headers?.ToList() ?? [];
        return connection.ExecuteAsync(
            LetterSql.Add, stopping,
            Text(letter.At.Topic), Int(generation), Int(letter.At.Partition.Value), Number(letter.At.Offset.Value),
            Time(new DateTimeOffset(letter.Time, TimeSpan.Zero)),
            Text(Clean(letter.Header("dlq_code")) ?? "unreadable"),
            Text(Clean(letter.Header("dlq_reason")) ?? "no reason is given"),
            Id(Guid.TryParse(letter.EventId, out var id) ? id : null), Text(Clean(letter.EventType)),
            Id(Guid.TryParse(letter.Member("aggregate_id") ?? letter.Key, out var ticket) ? ticket : null),
            Text(Clean(letter.Member("request_id"))), Text(Clean(letter.Header("dlq_topic"))),
            Int(Small(letter.Header("dlq_partition"))), Number(Parse(letter.Header("dlq_offset"))),
            Int(Small(letter.Header("dlq_attempts"))),
            new NpgsqlParameter<bool> { TypedValue = letter.IsCut }, Bytes(letter.Raw.Key), Bytes(letter.Raw.Value),
            new NpgsqlParameter<string[]> { TypedValue = [.. headers.Select(h => Clean(h.Key) ?? "")] },
            new NpgsqlParameter<byte[][]> { TypedValue = [.. headers.Select(h => h.GetValueBytes() ?? [])] });
    }

    private static NpgsqlParameter Bytes(byte[]? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea };

    /// <summary>What Postgres can keep, and no longer than anybody reads.</summary>
    private static string? Clean(string? text) =>
        text is null ? null : (text.Length > 1000 ? text[..1000] : text).Replace('\0', '\uFFFD');

    private static long? Parse(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static int? Small(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    [LoggerMessage(LogLevel.Warning, "The copy of the dead letters is behind, trying again: {Reason}")]
    private partial void LogBehind(string reason);

    [LoggerMessage(LogLevel.Error, "Dead letters could not be copied, trying again")]
    private partial void LogFailed(Exception bug);

    [LoggerMessage(LogLevel.Warning,
        "Topic {Topic} was made anew: its dead letters are read from the beginning of partition {Partition}")]
    private partial void LogMadeAnew(string topic, int partition);
}

/// <summary>Forgets old letters, open ones as well: people's data must not lie here for ever.</summary>
internal sealed partial class LetterRetention(
    NpgsqlDataSource database, KafkaSettings settings, SchemaGate schema, TimeProvider time,
    ILogger<LetterRetention> logger)
    : PeriodicService(TimeSpan.FromMinutes(1), schema, time, logger)
{
    private const int Step = 1000;
    private readonly ILogger _logger = logger;

    protected override async Task RunOnceAsync(CancellationToken cancellation)
    {
        await using var forget = database.CreateCommand(LetterSql.Forget);
        forget.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = settings.DeadLetterRetention });
        forget.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Step });
        if (await forget.ExecuteNonQueryAsync(cancellation) is > 0 and var count)
        {
            LogForgotten(count, settings.DeadLetterRetention);
        }
    }

    [LoggerMessage(LogLevel.Information, "{Count} dead letters older than {Retention} are forgotten")]
    private partial void LogForgotten(int count, TimeSpan retention);
}
