using System.Text.Json.Serialization;
using ServiceDesk.TicketApi.Http;

namespace ServiceDesk.TicketApi.Tickets;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    AllowDuplicateProperties = false,
    MaxDepth = 8)]
[JsonSerializable(typeof(CreateTicketRequest))]
[JsonSerializable(typeof(ChangeStatusRequest))]
[JsonSerializable(typeof(Ticket))]
[JsonSerializable(typeof(TicketPage))]
[JsonSerializable(typeof(ProblemDocument))]
[JsonSerializable(typeof(TicketCreated))]
[JsonSerializable(typeof(TicketStatusChanged))]
internal sealed partial class TicketJson : JsonSerializerContext;
