using Confluent.Kafka;
using Diag.CommandLine;

namespace Diag.Kafka;

internal static class KafkaFailure
{
    public static DiagException Explain(KafkaException e, string brokers) => e.Error.Code switch
    {
        ErrorCode.Local_Transport or ErrorCode.Local_TimedOut or ErrorCode.Local_AllBrokersDown
            or ErrorCode.Local_Resolve or ErrorCode.Local_MsgTimedOut or ErrorCode.RequestTimedOut =>
            DiagException.Unavailable($"Kafka at {brokers} does not answer ({e.Error.Reason})"),
        _ => DiagException.Unavailable($"Kafka at {brokers} refused: {e.Error.Reason} ({e.Error.Code})"),
    };
}
