using System.Text;
using Confluent.Kafka;
using FsCheck;
using FsCheck.Fluent;
using ServiceDesk.Notifier.Events;

namespace ServiceDesk.Tests.Faults.BadInput;

/// <summary>Whatever is in the topic, reading it returns: an event, or why there is none.</summary>
public sealed class EventReaderPropertyTests
{
    private const int Times = 1000;

    private static readonly byte[] StructuredType = "application/cloudevents+json; charset=UTF-8"u8.ToArray();

    private static readonly string[] Members =
    [
        "event_id", "event_type", "occurred_at", "aggregate", "aggregate_id", "request_id", "payload",
        "event_id", "more",
    ];

    /// <summary>Close to the real thing, so that most of it gets far.</summary>
    private static Gen<string> AlmostEvents =>
        from values in Inputs.Json.Four()
        select $$$"""
            {"event_id":"0198c0de-0000-7000-8000-000000000001","event_type":"ticket.status_changed",
             "occurred_at":"2026-01-01T00:00:00Z","aggregate":{{{values.Item1}}},
             "aggregate_id":"0198c0de-0000-7000-8000-000000000002","request_id":{{{values.Item2}}},
             "payload":{"title":{{{values.Item3}}},"old_status":"open","status":{{{values.Item4}}}}}
            """;

    private static Gen<string> AlmostStructured =>
        from plain in AlmostEvents
        from schema in Gen.Frequency((3, Gen.Constant("\"urn:servicedesk:events:ticket.created:1\"")), (1, Inputs.Json))
        from specversion in Gen.Frequency((3, Gen.Constant("\"1.0\"")), (1, Inputs.Json))
        select $$"""{"specversion":{{specversion}},"dataschema":{{schema}},"data":{{plain}}}""";

    [Fact]
    public void Any_bytes() =>
        Property.Holds(Inputs.Bytes.Three(), Times, bytes => Read(bytes.Item1, bytes.Item2, bytes.Item3));

    [Fact]
    public void Any_json() => Property.Holds(Inputs.Json, Times, json => Read(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Any_members() =>
        Property.Holds(Inputs.Damaged(Inputs.ObjectWith(Members)), Times, value => Read(value));

    [Fact]
    public void Anything_like_an_event() => Property.Holds(Inputs.Damaged(AlmostEvents), Times, value => Read(value));

    [Fact]
    public void Anything_like_a_structured_event() => Property.Holds(
        Inputs.Damaged(AlmostStructured), Times, value => Read(value, contentType: StructuredType));

    [Fact]
    public void Any_json_that_says_it_is_a_structured_event() => Property.Holds(
        Inputs.Json, Times, json => Read(Encoding.UTF8.GetBytes(json), contentType: StructuredType));

    [Fact]
    public void Some_of_what_is_generated_in_structured_mode_can_be_read() => Assert.Contains(
        AlmostStructured.Sample(200), json => EventReader.Read(
            Message(Encoding.UTF8.GetBytes(json), contentType: StructuredType)).Event is not null);

    [Fact]
    public void Some_of_what_is_generated_can_be_read() => Assert.Contains(
        AlmostEvents.Sample(200), json => EventReader.Read(Message(Encoding.UTF8.GetBytes(json))).Event is not null);

    [Fact]
    public void No_value_and_no_headers()
    {
        var message = Message(null);
        message.Message.Headers = null;
        message.Message.Key = null!;

        Assert.NotNull(EventReader.Read(message).Refusal);
    }

    private static void Read(byte[] value, byte[]? header = null, byte[]? key = null, byte[]? contentType = null)
    {
        var read = EventReader.Read(Message(value, header, key, contentType));

        Assert.NotEqual(read.Event is null, read.Refusal is null);
        if (read.Event is { } found)
        {
            Assert.NotEqual(Guid.Empty, found.EventId);
            // What Postgres cannot store would fail at every attempt, and so would the note that it failed.
            Assert.DoesNotContain('\0', found.NotificationText);
            Assert.DoesNotContain('\0', found.Aggregate);
        }
    }

    private static ConsumeResult<byte[], byte[]> Message(
        byte[]? value, byte[]? header = null, byte[]? key = null, byte[]? contentType = null) =>
        new()
        {
            Topic = "any",
            Partition = 0,
            Offset = 0,
            Message = new Message<byte[], byte[]>
            {
                Key = key!,
                Value = value!,
                Headers = new Headers { { "traceparent", header }, { "event_id", header }, { "tracestate", header },
                    { "content-type", contentType ?? header },
                },
            },
        };
}
