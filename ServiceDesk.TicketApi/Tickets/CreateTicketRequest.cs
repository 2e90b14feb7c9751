using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDesk.TicketApi.Tickets;

/// <summary>Body of <c>POST /tickets</c>.</summary>
public sealed class CreateTicketRequest
{
    /// <summary>3 to 200 characters after trimming.</summary>
    public string? Title { get; set; }

    /// <summary>At most 5000 characters; may be left out.</summary>
    public string? Description { get; set; }

    /// <summary>Catches fields that are not known, so that a misspelt one is named instead of lost.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
