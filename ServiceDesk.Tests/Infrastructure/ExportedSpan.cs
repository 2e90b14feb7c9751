using System.Buffers.Binary;
using System.Text;

namespace ServiceDesk.Tests.Infrastructure;

/// <summary>A span as a service exports it: the parts of OTLP's ExportTraceServiceRequest that tests look at.</summary>
/// <param name="Service">The resource's <c>service.name</c>.</param>
/// <param name="ParentId">Empty at the root of a trace.</param>
/// <param name="IsError">Whether its status is Error.</param>
/// <param name="Attributes">Those that are text or whole numbers.</param>
internal sealed record ExportedSpan(
    string Service, string TraceId, string SpanId, string ParentId, string Name, TimeSpan Duration, bool IsError,
    IReadOnlyDictionary<string, string> Attributes)
{
    public static List<ExportedSpan> ReadAll(byte[] request) =>
    [
        .. from resource in Messages(request, 1)
           let service = Messages(resource, 1).SelectMany(r => Pairs(r, 1)).Single(p => p.Key == "service.name").Value
           from scope in Messages(resource, 2)
           from span in Messages(scope, 2)
           select Read(service, span),
    ];

    private static ExportedSpan Read(string service, byte[] span)
    {
        var fields = Fields(span).ToLookup(f => f.Number, f => f.Value);
        var status = fields[15].SelectMany(s => Fields(s)).Where(f => f.Number == 3)
            .Select(f => f.Value[0]).FirstOrDefault();
        return new ExportedSpan(
            service, Hex(fields[1].Single()), Hex(fields[2].Single()), Hex(fields[4].FirstOrDefault() ?? []),
            Encoding.UTF8.GetString(fields[5].Single()),
            TimeSpan.FromMicroseconds((Nanoseconds(fields[8].Single()) - Nanoseconds(fields[7].Single())) / 1000.0),
            IsError: status == 2, Pairs(span, 9).ToDictionary());
    }

    /// <summary>KeyValue { key = 1; AnyValue { string = 1, int = 3 } value = 2 }</summary>
    private static IEnumerable<KeyValuePair<string, string>> Pairs(byte[] message, int number) =>
        from pair in Messages(message, number)
        let key = Encoding.UTF8.GetString(Messages(pair, 1).Single())
        from value in Messages(pair, 2).SelectMany(Fields)
        where value.Number is 1 or 3
        select KeyValuePair.Create(key, value.Number == 1 ? Encoding.UTF8.GetString(value.Value) : $"{value.Value[0]}");

    private static IEnumerable<byte[]> Messages(byte[] message, int number) =>
        Fields(message).Where(f => f.Number == number).Select(f => f.Value);

    /// <summary>Protocol Buffers' wire format; a varint's value is its lowest bytes.</summary>
    private static List<(int Number, byte[] Value)> Fields(byte[] message)
    {
        var (fields, position) = (new List<(int, byte[])>(), 0);
        while (position < message.Length)
        {
            var tag = (int)Varint();
            byte[] value = (tag & 7) switch
            {
                0 => BitConverter.GetBytes(Varint()),
                1 => Bytes(8),
                2 => Bytes((int)Varint()),
                _ => Bytes(4),
            };
            fields.Add((tag >> 3, value));
        }

        return fields;

        byte[] Bytes(int count) => message[position..(position += count)];

        ulong Varint()
        {
            for (var (value, shift) = (0UL, 0); ; shift += 7)
            {
                var next = message[position++];
                value |= (ulong)(next & 0x7f) << shift;
                if (next < 0x80)
                {
                    return value;
                }
            }
        }
    }

    private static ulong Nanoseconds(byte[] fixed64) => BinaryPrimitives.ReadUInt64LittleEndian(fixed64);

    private static string Hex(byte[] id) => Convert.ToHexStringLower(id);
}
