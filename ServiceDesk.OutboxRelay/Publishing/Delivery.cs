using Confluent.Kafka;
using ServiceDesk.OutboxRelay.Outbox;

namespace ServiceDesk.OutboxRelay.Publishing;

/// <summary>What became of one event of a batch.</summary>
/// <param name="Event">The event.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">Why it was not acknowledged, for the operator; empty when it was.</param>
internal readonly record struct Delivery(OutboxEvent Event, DeliveryOutcome Outcome, string Reason = "")
{
    /// <summary>Classifies an answer of the broker, or of the client on its behalf (P5).</summary>
    /// <returns>Refused when the answer is about the event: too large, or against a policy. A broker answers for a
    /// whole request, which may hold innocent events, and a policy may change: so the event is tried again, alone, and
    /// the attempt counts.</returns>
    public static DeliveryOutcome OutcomeOf(Error error) => error.Code switch
    {
        ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge or ErrorCode.PolicyViolation
            or ErrorCode.InvalidRecord => DeliveryOutcome.Refused,
        _ => DeliveryOutcome.Unavailable,
    };

    /// <summary>Classifies what the client refuses before it sends anything. It uses the broker's code for an event
    /// above its own size limit, where no later attempt can succeed. A producer that is dead already was stopped by
    /// another batch, which knows the cause.</summary>
    public static DeliveryOutcome OutcomeOfProduce(Error error) => error.Code switch
    {
        ErrorCode.MsgSizeTooLarge or ErrorCode.Local_InvalidArg or ErrorCode.Local_KeySerialization
            or ErrorCode.Local_ValueSerialization => DeliveryOutcome.RefusedForGood,
        ErrorCode.Local_Fatal => DeliveryOutcome.HeldBack,
        _ => OutcomeOf(error),
    };
}

internal enum DeliveryOutcome
{
    /// <summary>The broker persisted it, to the settings of <c>acks=all</c> (P4).</summary>
    Acknowledged,

    /// <summary>Not published because of another event: an earlier one of its ticket, or a refused one in the same
    /// producer.</summary>
    HeldBack,

    /// <summary>The broker refused the event, or the request that held it.</summary>
    Refused,

    /// <summary>No attempt can succeed.</summary>
    RefusedForGood,

    /// <summary>Not acknowledged, for a reason that says nothing about the event.</summary>
    Unavailable,
}
