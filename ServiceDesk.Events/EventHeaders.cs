namespace ServiceDesk.Events;

/// <summary>Names of Kafka headers: our own, W3C Trace Context's and Baggage's, and CloudEvents' for the binary mode of
/// its Kafka binding (CloudEvents 1.0, "Kafka Protocol Binding", 3.2).</summary>
public static class EventHeaders
{
    public const string EventId = "event_id";
    public const string EventType = "event_type";
    public const string RequestId = "request_id";
    public const string TraceParent = "traceparent";
    public const string TraceState = "tracestate";
    public const string Baggage = "baggage";
    public const string CloudEventId = "ce_id";
    public const string CloudEventType = "ce_type";
    public const string CloudEventSource = "ce_source";
    public const string CloudEventSpecVersion = "ce_specversion";
    public const string CloudEventTime = "ce_time";
    public const string CloudEventSubject = "ce_subject";
    public const string CloudEventDataSchema = "ce_dataschema";
    public const string ContentType = "content-type";

    /// <summary>What <see cref="ContentType"/> says.</summary>
    public const string Json = "application/json";

    /// <summary>What <see cref="ContentType"/> says of a message that is a CloudEvent as a whole, in structured
    /// mode.</summary>
    public const string CloudEventJson = "application/cloudevents+json; charset=UTF-8";

    /// <summary>What <see cref="CloudEventSource"/> says.</summary>
    public const string Source = "/servicedesk/tickets";

    /// <summary>What <see cref="CloudEventSpecVersion"/> says.</summary>
    public const string SpecVersion = "1.0";
}
