using System.Text.Json.Serialization;

namespace ServiceDesk.Notifier.Events;

/// <summary>Tolerant of unknown members, so that producers can add to the envelope first.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, MaxDepth = 16)]
[JsonSerializable(typeof(EventEnvelope))]
internal sealed partial class EventJson : JsonSerializerContext;
