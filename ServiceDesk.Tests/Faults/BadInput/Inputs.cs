using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace ServiceDesk.Tests.Faults.BadInput;

/// <summary>Generates what a careless or hostile sender could send.</summary>
internal static class Inputs
{
    private static readonly string[] Scalars =
    [
        "null", "true", "0", "-0", "1e400", "-1.5e-400", "123456789012345678901234567890",
        "\"\"", "\"abc\"", "\"open\"",
        "\"closed\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00x\"", "\"\\ud83d\\ude00\"",
        "\"\u2028\"", "\"2026-01-01T00:00:00Z\"",
        "\"9999-12-31T23:59:59.9999999+14:00\"", "\"ticket.created\"", "\"ticket.status_changed\"",
        "\"0198c0de-0000-7000-8000-000000000000\"", "\"00000000-0000-0000-0000-000000000000\"",
        $"\"{new string('x', 6000)}\"",
    ];

    public static Gen<byte[]> Bytes { get; } = Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf();

    /// <summary>Any characters, among them the easily forgotten: controls, lone surrogates, signs.</summary>
    public static Gen<string> Text { get; } = Gen.Frequency(
            (6, Gen.Choose(0x20, 0x7E)), (2, Gen.Choose(0x00, 0x1F)), (2, Gen.Choose(0x80, 0x24FF)),
            (1, Gen.Choose(0xD800, 0xDFFF)), (1, Gen.Constant(0xFFFE)))
        .Select(value => (char)value).ArrayOf().Select(characters => new string(characters));

    public static Gen<string> Json { get; } = Gen.Sized(size => JsonOf(Math.Min(size, 12)));

    /// <summary>An object with some of these members, in any order, at times one twice, each with any value.</summary>
    public static Gen<string> ObjectWith(params string[] names) => Gen.Elements(names).ListOf().SelectMany(
        chosen => Json.ListOf(chosen.Count),
        (chosen, values) => $"{{{string.Join(',', chosen.Zip(values, (name, value) => $"\"{name}\":{value}"))}}}");

    /// <summary>UTF-8 as it is, or cut off, or with a byte changed.</summary>
    public static Gen<byte[]> Damaged(Gen<string> text) =>
        from whole in text.Select(Encoding.UTF8.GetBytes)
        from position in Gen.Choose(0, Math.Max(0, whole.Length - 1))
        from value in Gen.Choose(0, 255)
        from result in Gen.Frequency(
            (3, Gen.Constant(whole)), (1, Gen.Constant(whole[..position])),
            (1, Gen.Constant(Changed(whole, position, (byte)value))))
        select result;

    private static byte[] Changed(byte[] whole, int position, byte value) =>
        whole.Length == 0 ? [value] : [.. whole[..position], value, .. whole[(position + 1)..]];

    private static Gen<string> JsonOf(int size) => size <= 0 ? Scalar : Gen.Frequency(
        (6, Scalar),
        (1, JsonOf(size / 3).ListOf().Select(values => $"[{string.Join(',', values.Take(size))}]")),
        (1, Text.Zip(JsonOf(size / 3), (name, value) => $"{{{JsonSerializer.Serialize(name)}:{value}}}")));

    private static Gen<string> Scalar { get; } = Gen.Frequency(
        (3, Gen.Elements(Scalars)), (1, Text.Select(text => JsonSerializer.Serialize(text))));
}
