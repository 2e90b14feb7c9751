using Confluent.Kafka;
using ServiceDesk.Tests.Faults.Chaos;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults.Breaking;

/// <summary>The broker answers a few requests with an error. DuplicateSequenceNumber is not among them: it says that
/// the broker has the message, so a false one loses it.</summary>
internal sealed class BrokerErrorsFault(LocalKafkaProcess broker) : IFault
{
    /// <summary>A refusal by policy or size counts as an attempt, so there must be fewer of them
    /// than attempts.</summary>
    private const int MostErrors = 3;

    private static readonly TimeSpan TimeToBeSeen = TimeSpan.FromSeconds(2);

    private static readonly (string Api, ErrorCode[] Codes)[] Errors =
    [
        ("produce",
        [
            ErrorCode.NotEnoughReplicas, ErrorCode.NotEnoughReplicasAfterAppend, ErrorCode.RequestTimedOut,
            ErrorCode.NotLeaderForPartition, ErrorCode.LeaderNotAvailable, ErrorCode.KafkaStorageError,
            ErrorCode.MsgSizeTooLarge, ErrorCode.InvalidRecord, ErrorCode.PolicyViolation,
            ErrorCode.TopicAuthorizationFailed,
            ErrorCode.OutOfOrderSequenceNumber, ErrorCode.InvalidProducerEpoch, ErrorCode.UnknownProducerId,
            ErrorCode.Local_Transport,
        ]),
        ("init_producer_id", [ErrorCode.GroupLoadInProgress, ErrorCode.NotCoordinatorForGroup]),
        ("fetch", [ErrorCode.NotLeaderForPartition, ErrorCode.OffsetOutOfRange, ErrorCode.KafkaStorageError]),
        ("offset_commit", [
            ErrorCode.GroupLoadInProgress, ErrorCode.NotCoordinatorForGroup,
            ErrorCode.RebalanceInProgress, ErrorCode.UnknownMemberId]),
        ("offset_fetch", [ErrorCode.GroupLoadInProgress, ErrorCode.NotCoordinatorForGroup]),
        ("heartbeat", [
            ErrorCode.UnknownMemberId, ErrorCode.IllegalGeneration, ErrorCode.RebalanceInProgress,
            ErrorCode.NotCoordinatorForGroup]),
    ];

    public string Name => "broker errors";

    public FaultTargets Targets => FaultTargets.Broker;

    public async Task<string> StrikeAsync(ChaosSystem system, Random random)
    {
        // Half of them where it hurts most.
        var (api, codes) = random.Next(2) == 0 ? Errors[0] : Errors[random.Next(Errors.Length)];
        var code = codes[random.Next(codes.Length)];
        var count = random.Next(1, MostErrors + 1);
        await broker.FailNextAsync(api, code.ToString(), count);
        await Task.Delay(TimeToBeSeen);
        await broker.ClearFaultsAsync();
        return $"{count} x {code} on {api}";
    }
}
