using System.Security.Cryptography;
using System.Text;

namespace ServiceDesk.TicketApi.Tickets;

/// <summary>A checked request to create a ticket.</summary>
public sealed record NewTicket(string Title, string Description, string? IdempotencyKey)
{
    public Guid Id { get; } = Guid.CreateVersion7();

    /// <summary>Tells a repeated request from another one under the same key. The title cannot contain the separator.</summary>
    public byte[]? RequestHash => IdempotencyKey is null
        ? null
        : SHA256.HashData(Encoding.UTF8.GetBytes($"{Title}\0{Description}"));
}
