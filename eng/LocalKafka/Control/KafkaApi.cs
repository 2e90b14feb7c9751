using LocalKafka.CommandLine;

namespace LocalKafka.Control;

/// <summary>The requests of the Kafka protocol that the mock broker answers, as the control API calls them.</summary>
internal static class KafkaApi
{
    public static readonly IReadOnlyDictionary<string, short> Keys = new Dictionary<string, short>
    {
        ["produce"] = 0,
        ["fetch"] = 1,
        ["list_offsets"] = 2,
        ["metadata"] = 3,
        ["offset_commit"] = 8,
        ["offset_fetch"] = 9,
        ["find_coordinator"] = 10,
        ["join_group"] = 11,
        ["heartbeat"] = 12,
        ["leave_group"] = 13,
        ["sync_group"] = 14,
        ["init_producer_id"] = 22,
        ["offset_for_leader_epoch"] = 23,
        ["add_partitions_to_txn"] = 24,
        ["add_offsets_to_txn"] = 25,
        ["end_txn"] = 26,
        ["txn_offset_commit"] = 28,
    };

    /// <exception cref="ArgumentFormatException">There is no request of this name.</exception>
    public static short Parse(string? name) => Keys.TryGetValue(name ?? "", out var key)
        ? key
        : throw new ArgumentFormatException("api", name, $"must be one of {string.Join(", ", Keys.Keys)}");
}
