using System.Buffers.Text;

namespace ServiceDesk.TicketApi.Tickets;

/// <param name="Status">Of all its tickets; null for any.</param>
/// <param name="Before">The last ticket of the page before; null for the first page.</param>
/// <param name="Limit">Tickets on it, at most.</param>
internal sealed record PageRequest(string? Status, Guid? Before, int Limit);

/// <param name="Items">Newest first.</param>
/// <param name="NextCursor">Give it as <c>cursor</c> for the next page; null on the last one.</param>
public sealed record TicketPage(IReadOnlyList<Ticket> Items, string? NextCursor);

/// <summary>Where a page ended: the id of its last ticket, opaque to callers.</summary>
internal static class TicketCursor
{
    public static string Create(Guid lastId) => Base64Url.EncodeToString(lastId.ToByteArray(bigEndian: true));

    public static bool TryParse(string cursor, out Guid lastId)
    {
        Span<byte> bytes = stackalloc byte[16];
        var ok = cursor.Length == 22 && Base64Url.IsValid(cursor)
            && Base64Url.TryDecodeFromChars(cursor, bytes, out var read) && read == 16;
        lastId = ok ? new Guid(bytes, bigEndian: true) : default;
        return ok;
    }
}
