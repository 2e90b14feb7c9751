using Confluent.Kafka;

namespace ServiceDesk.OutboxRelay.Publishing;

/// <summary>Which errors are about the event, and which about the broker or the way to it.</summary>
internal static class PublishErrors
{
    /// <summary>Not sent at all: an earlier event of the ticket must be tried again first.</summary>
    public static readonly Error HeldBack = new(ErrorCode.Local_Application, "held back behind an earlier event of its ticket");

    /// <summary>What the client itself refuses it will refuse at every attempt. It uses the broker's code for a size over its
    /// own limit, but the broker's answer is about a whole request, so the two must be told apart.</summary>
    public static Error ByClient(Error refused) =>
        refused.Code == ErrorCode.MsgSizeTooLarge ? new Error(ErrorCode.Local_InvalidArg, $"{refused.Code}: {refused.Reason}") : refused;

    /// <summary>No attempt can succeed.</summary>
    public static bool IsFinal(Error error) =>
        error.Code is ErrorCode.Local_InvalidArg or ErrorCode.Local_KeySerialization or ErrorCode.Local_ValueSerialization;

    /// <summary>The broker refuses by size or policy. It answers for a whole request, which may hold innocent events too,
    /// and a policy may be corrected: so it is tried again, alone, and counts.</summary>
    public static bool IsAboutTheEvent(Error error) => error.Code is
        ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge or ErrorCode.PolicyViolation or ErrorCode.InvalidRecord;
}
