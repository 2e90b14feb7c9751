using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Npgsql;
using ServiceDesk.Clients.Kafka;
using ServiceDesk.Settings;

namespace ServiceDesk.Notifier.Consuming;

/// <summary>
/// Detects that a topic was deleted and made anew. Its offsets begin at 0 again, so the group's position would silently
/// skip that many messages (P2). Kafka gives each topic an id; the database remembers which id each partition's
/// position belongs to. Brokers before Kafka 2.8 have no topic ids, so nothing is detected there.
/// </summary>
internal sealed partial class TopicIdentity(
    IKafkaHandle kafkaClient, NpgsqlDataSource database, KafkaSettings kafka, TimeProvider time,
    ILogger<TopicIdentity> logger)
{
    private const string FindForeign =
        """
        -- find positions in another topic
        WITH met AS (
            INSERT INTO consumed_topics (group_id, topic, partition, topic_id)
            SELECT $1, $2, partition, $3 FROM unnest($4::int[]) AS partition
            ON CONFLICT (group_id, topic, partition) DO NOTHING
        )
        SELECT partition FROM consumed_topics
        WHERE group_id = $1 AND topic = $2 AND topic_id <> $3 AND partition = ANY($4)
        """;

    private const string Adopt =
        """
        -- adopt topic
        UPDATE consumed_topics SET topic_id = $3 WHERE group_id = $1 AND topic = $2 AND partition = ANY($4)
        """;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly DescribeTopicsOptions Options = new() { RequestTimeout = TimeSpan.FromSeconds(3) };

    private Task<Rewind?> _look = Task.FromResult<Rewind?>(null);
    private long _lastLook;
    private string? _problem;

    /// <summary>Looks at the topic in the background now and then; for the consuming thread only.</summary>
    /// <returns>Partitions to read from the beginning, once; null while all is as it was.</returns>
    public Rewind? Poll(List<TopicPartition> assignment)
    {
        if (!_look.IsCompleted)
        {
            return null;
        }

        var found = _look.Result;
        _look = Task.FromResult<Rewind?>(null);
        if (found is null && assignment.Count > 0 && time.GetElapsedTime(_lastLook) >= Interval)
        {
            _lastLook = time.GetTimestamp();
            _look = Task.Run(() => LookAsync([.. assignment.Select(p => p.Partition.Value)]));
        }

        return found;
    }

    /// <summary>Remembers that these partitions' committed positions now belong to the topic of this id.</summary>
    public async Task AdoptAsync(Guid topicId, int[] partitions, CancellationToken cancellationToken)
    {
        await using var adopt = Command(Adopt, topicId, partitions);
        await adopt.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A look that fails is made again after the next interval.</summary>
    private async Task<Rewind?> LookAsync(int[] partitions)
    {
        try
        {
            if (await TopicIdAsync() is not { } topicId)
            {
                return null;
            }

            var foreign = new List<int>();
            await using var find = Command(FindForeign, topicId, partitions);
            await using var reader = await find.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                foreign.Add(reader.GetInt32(0));
            }

            return foreign.Count == 0 ? null : new Rewind(topicId, [.. foreign]);
        }
        catch (Exception away)
            when (away is KafkaException or NpgsqlException or TimeoutException or ObjectDisposedException)
        {
            if (away.Message != _problem)
            {
                LogNotLooked(away.Message);
            }

            _problem = away.Message;
            return null;
        }
    }

    private async Task<Guid?> TopicIdAsync()
    {
        using var admin = new DependentAdminClientBuilder(kafkaClient.Handle).Build();
        var answer = await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames([kafka.Topic]), Options);
        return answer.TopicDescriptions[0].TopicId is { } id
            && (High: (long)id.MostSignificantBits, Low: (long)id.LeastSignificantBits) is var bits && bits != default
            ? new Guid(Convert.FromHexString($"{bits.High:x16}{bits.Low:x16}"), bigEndian: true)
            : null;
    }

    private NpgsqlCommand Command(string sql, Guid topicId, int[] partitions)
    {
        var command = database.CreateCommand(sql);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new NpgsqlParameter<string> { TypedValue = kafka.GroupId },
            new NpgsqlParameter<string> { TypedValue = kafka.Topic },
            new NpgsqlParameter<Guid> { TypedValue = topicId },
            new NpgsqlParameter<int[]> { TypedValue = partitions },
        });
        return command;
    }

    [LoggerMessage(LogLevel.Warning, "Whether the topic was made anew is not known until the next look: {Reason}")]
    private partial void LogNotLooked(string reason);
}

/// <summary>Partitions whose position belongs to a topic that is gone.</summary>
/// <param name="TopicId">The topic of today.</param>
/// <param name="Partitions">By number.</param>
internal sealed record Rewind(Guid TopicId, int[] Partitions);
