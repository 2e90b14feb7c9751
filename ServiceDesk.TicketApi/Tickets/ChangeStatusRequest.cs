using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDesk.TicketApi.Tickets;

/// <summary>Body of <c>PATCH /tickets/{id}</c>.</summary>
public sealed class ChangeStatusRequest
{
    /// <summary>open, in_progress, resolved or closed.</summary>
    public string? Status { get; set; }

    /// <inheritdoc cref="CreateTicketRequest.Unknown"/>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
