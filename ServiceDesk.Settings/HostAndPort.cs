namespace ServiceDesk.Settings;

/// <summary>An address. Which hosts and ports are allowed is up to the setting it stands in.</summary>
public readonly record struct HostAndPort(string Host, ushort Port)
{
    /// <summary>Reads <c>host:port</c>, up to the last colon, as an IPv6 address has more of them.</summary>
    /// <returns>Null when there is no port, or none that a port can be.</returns>
    public static HostAndPort? Parse(string text) =>
        text.LastIndexOf(':') is >= 0 and var colon && ushort.TryParse(text.AsSpan(colon + 1), out var port)
            ? new HostAndPort(text[..colon], port)
            : null;
}
