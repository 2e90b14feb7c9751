using System.Buffers.Text;

namespace ServiceDesk.TicketApi.Tickets;

/// <summary>Where a page ended: the id of its last ticket, opaque to callers.</summary>
internal static class TicketCursor
{
    public static string Of(Ticket last) => Base64Url.EncodeToString(last.Id.ToByteArray(bigEndian: true));

    public static bool TryRead(string cursor, out Guid lastId)
    {
        Span<byte> bytes = stackalloc byte[16];
        var ok = cursor.Length == 22 && Base64Url.IsValid(cursor) && Base64Url.TryDecodeFromChars(cursor, bytes, out var read) && read == 16;
        lastId = ok ? new Guid(bytes, bigEndian: true) : default;
        return ok;
    }
}
