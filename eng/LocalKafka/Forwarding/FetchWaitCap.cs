using System.Buffers.Binary;

namespace LocalKafka.Forwarding;

/// <summary>
/// Shortens the wait in fetch requests on their way to the broker. A real broker answers a waiting fetch as soon as
/// there is data; the mock broker always lets the whole wait pass, so that every event would reach its consumer half
/// a second late. Works in place on a stream of requests, each one a length and that many bytes.
/// </summary>
internal sealed class FetchWaitCap(int milliseconds)
{
    private const int LengthSize = 4;
    private const int FetchKey = 1;
    private const int FirstVersionWithTags = 12;
    private const int FirstVersionWithoutReplica = 15;

    // Up to the length of the client id: api key and version (2 bytes each), correlation id (4), that length (2).
    private const int FixedHeaderSize = 10;

    private long _restOfRequest;

    /// <summary>Changes what has to be changed.</summary>
    /// <returns>
    /// How many bytes can go out now; what is left begins a request whose header is not complete yet, and must be at
    /// the start of the next call.
    /// </returns>
    public int Apply(Span<byte> bytes)
    {
        var position = 0;
        while (true)
        {
            var skipped = (int)Math.Min(_restOfRequest, bytes.Length - position);
            position += skipped;
            _restOfRequest -= skipped;
            var request = bytes[position..];
            if (_restOfRequest > 0 || !IsHeaderComplete(request))
            {
                return position;
            }

            Cap(request);
            _restOfRequest = LengthSize + (long)BinaryPrimitives.ReadUInt32BigEndian(request);
        }
    }

    private static bool IsHeaderComplete(ReadOnlySpan<byte> request)
        => request.Length >= LengthSize + FixedHeaderSize
            && (!IsFetch(request) || request.Length >= WaitOffset(request) + sizeof(int));

    private void Cap(Span<byte> request)
    {
        if (IsFetch(request))
        {
            var wait = request.Slice(WaitOffset(request), sizeof(int));
            if (BinaryPrimitives.ReadInt32BigEndian(wait) > milliseconds)
            {
                BinaryPrimitives.WriteInt32BigEndian(wait, milliseconds);
            }
        }
    }

    private static bool IsFetch(ReadOnlySpan<byte> request)
        => BinaryPrimitives.ReadInt16BigEndian(request[LengthSize..]) == FetchKey;

    private static int WaitOffset(ReadOnlySpan<byte> request)
    {
        var version = BinaryPrimitives.ReadInt16BigEndian(request[(LengthSize + 2)..]);
        var clientIdLength = BinaryPrimitives.ReadInt16BigEndian(request[(LengthSize + FixedHeaderSize - 2)..]);
        return LengthSize + FixedHeaderSize
            + Math.Max(0, (int)clientIdLength)
            // No client sends tags in the header of a request: their count, zero, is one byte.
            + (version >= FirstVersionWithTags ? 1 : 0)
            + (version >= FirstVersionWithoutReplica ? 0 : sizeof(int));
    }
}
