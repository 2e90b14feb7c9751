using System.Globalization;
using Npgsql;

namespace ServiceDesk.Settings;

/// <summary>libpq's parameters, as Npgsql has them.</summary>
internal static class PostgresUrlParameters
{
    private static readonly Dictionary<string, SslMode> SslModes = new()
    {
        ["disable"] = SslMode.Disable,
        ["allow"] = SslMode.Allow,
        ["prefer"] = SslMode.Prefer,
        ["require"] = SslMode.Require,
        ["verify-ca"] = SslMode.VerifyCA,
        ["verify-full"] = SslMode.VerifyFull,
    };

    private static readonly Dictionary<string, Action<NpgsqlConnectionStringBuilder, string>> Known = new()
    {
        ["sslmode"] = (c, v) => c.SslMode = One(SslModes, v),
        ["ssl"] = (c, v) => c.SslMode = Flag(v) ? SslMode.Require : SslMode.Disable,
        // "system" is what Npgsql does when no file is named.
        ["sslrootcert"] = (c, v) => c.RootCertificate = v == "system" ? null : v,
        ["sslcert"] = (c, v) => c.SslCertificate = v,
        ["sslkey"] = (c, v) => c.SslKey = v,
        ["sslpassword"] = (c, v) => c.SslPassword = v,
        ["sslnegotiation"] = (c, v) => c.SslNegotiation = One(new Dictionary<string, SslNegotiation>
        {
            ["postgres"] = SslNegotiation.Postgres,
            ["direct"] = SslNegotiation.Direct,
        }, v),
        ["channel_binding"] = (c, v) => c.ChannelBinding = One(new Dictionary<string, ChannelBinding>
        {
            ["disable"] = ChannelBinding.Disable,
            ["prefer"] = ChannelBinding.Prefer,
            ["require"] = ChannelBinding.Require,
        }, v),
        ["gssencmode"] = (c, v) => c.GssEncryptionMode = One(new Dictionary<string, GssEncryptionMode>
        {
            ["disable"] = GssEncryptionMode.Disable,
            ["prefer"] = GssEncryptionMode.Prefer,
            ["require"] = GssEncryptionMode.Require,
        }, v),
        ["krbsrvname"] = (c, v) => c.KerberosServiceName = v,
        ["require_auth"] = (c, v) => c.RequireAuth = v,
        ["passfile"] = (c, v) => c.Passfile = v,
        ["connect_timeout"] = (c, v) => c.Timeout = Number(v),
        ["keepalives"] = (c, v) => c.TcpKeepAlive = Flag(v),
        ["keepalives_idle"] = (c, v) => c.TcpKeepAliveTime = Number(v),
        ["keepalives_interval"] = SetKeepaliveInterval,
        ["target_session_attrs"] = (c, v) => c.TargetSessionAttributes = v,
        ["load_balance_hosts"] = (c, v) => c.LoadBalanceHosts = One(
            new Dictionary<string, bool> { ["disable"] = false, ["random"] = true }, v),
        ["application_name"] = (c, v) => c.ApplicationName = v,
        ["fallback_application_name"] = (c, v) => c.ApplicationName ??= v,
        ["options"] = (c, v) => c.Options = v,
        ["client_encoding"] = (c, v) => c.ClientEncoding = One(new Dictionary<string, string>
        {
            ["UTF8"] = "UTF8",
            ["utf8"] = "UTF8",
            ["UTF-8"] = "UTF8",
            ["auto"] = "UTF8",
        }, v),
    };

    /// <summary>Fine points of TCP and TLS that Npgsql leaves to the system.</summary>
    private static readonly string[] WithoutEffect =
        ["keepalives_count", "tcp_user_timeout", "sslsni", "sslcompression"];

    /// <exception cref="FormatException">It is not known, or cannot have this value.</exception>
    public static void Apply(NpgsqlConnectionStringBuilder connection, string name, string value)
    {
        if (WithoutEffect.Contains(name))
        {
            return;
        }

        if (!Known.TryGetValue(name, out var set))
        {
            throw new FormatException(name == "pgbouncer"
                ? "parameter 'pgbouncer' is not known; behind PgBouncer set Database__Pooler=transaction"
                : $"parameter '{name}' is not known; known are {string.Join(", ", Known.Keys)}");
        }

        try
        {
            set(connection, value);
        }
        catch (Exception bad) when (bad is ArgumentException or OverflowException or FormatException)
        {
            var shown = name == "sslpassword" ? "…" : value;
            throw new FormatException($"parameter '{name}' cannot be '{shown}'{Hint(bad)}");
        }
    }

    private static string Hint(Exception bad) =>
        bad is FormatException { Message: { } rule } && rule.StartsWith("one of", StringComparison.Ordinal)
            ? $": it must be {rule}"
            : "";

    /// <summary>Npgsql takes an interval only beside the time before the first one.</summary>
    private static void SetKeepaliveInterval(NpgsqlConnectionStringBuilder connection, string value)
    {
        connection.TcpKeepAliveInterval = Number(value);
        if (connection.TcpKeepAliveTime == 0)
        {
            connection.TcpKeepAliveTime = connection.TcpKeepAliveInterval;
        }
    }

    private static T One<T>(Dictionary<string, T> names, string value) =>
        names.TryGetValue(value, out var one)
            ? one
            : throw new FormatException($"one of {string.Join(", ", names.Keys)}");

    private static bool Flag(string value) =>
        One(new Dictionary<string, bool> { ["1"] = true, ["true"] = true, ["0"] = false, ["false"] = false }, value);

    private static int Number(string value) => int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture);
}
