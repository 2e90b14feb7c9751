using Confluent.Kafka;

namespace ServiceDesk.OutboxRelay.Publishing;

/// <summary>Which errors are about the event, and which about the broker or the way to it.</summary>
internal static class PublishErrors
{
    /// <summary>Not sent at all: an earlier event of the ticket must be tried again first.</summary>
    public static readonly Error HeldBack = new(ErrorCode.Local_Application, "held back behind an earlier event of its ticket");

    /// <summary>The client itself refuses: the same event will be refused at every attempt.</summary>
    public static bool IsFinal(Error error) => error.Code is ErrorCode.MsgSizeTooLarge && !error.IsBrokerError
        || error.Code is ErrorCode.Local_KeySerialization or ErrorCode.Local_ValueSerialization;

    /// <summary>The broker refuses by size or policy. It answers for a whole request, which may hold innocent events too,
    /// and a policy may be corrected: so it is tried again, alone, and counts.</summary>
    public static bool IsAboutTheEvent(Error error) => error.Code is
        ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge or ErrorCode.PolicyViolation or ErrorCode.InvalidRecord;
}
