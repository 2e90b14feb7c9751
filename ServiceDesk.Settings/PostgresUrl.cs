using Npgsql;

namespace ServiceDesk.Settings;

/// <summary>libpq's connection URI for Npgsql, as clouds and drivers write it:
/// <c>postgres://user:password@host:port,host:port/database?sslmode=require</c>.</summary>
public static class PostgresUrl
{
    private const string Rule = "must be postgres://user:password@host:port/database?sslmode=...";
    private const int DefaultPort = 5432;

    private static readonly string[] Schemes = ["postgres://", "postgresql://"];

    /// <exception cref="FormatException">Not such a URL, or with a parameter that is not known here. The message
    /// repeats no password.</exception>
    public static string ToConnectionString(string url)
    {
        var scheme = Array.Find(Schemes, s => url.StartsWith(s, StringComparison.OrdinalIgnoreCase))
            ?? throw new FormatException(Rule);
        var (location, query) = Cut(url[scheme.Length..], '?');
        var (authority, path) = Cut(location, '/');
        var at = authority.LastIndexOf('@');
        var (user, hosts) = (authority[..Math.Max(at, 0)], authority[(at + 1)..]);
        var parameters = Parameters(query);
        var (name, password) = Cut(user, ':');
        var result = new NpgsqlConnectionStringBuilder
        {
            Username = Either(Taken(parameters, "user"), Decoded(name)),
            Password = Either(Taken(parameters, "password"), Decoded(password)),
            Database = Either(Taken(parameters, "dbname"), Decoded(path)) ?? "servicedesk",
        };
        if ($"{result.Username}{result.Password}".Any(char.IsControl))
        {
            throw new FormatException(
                "its user and password must have no control characters, such as a line break at the end of a secret");
        }

        SetHosts(result, hosts, Taken(parameters, "host") ?? Taken(parameters, "hostaddr"), Taken(parameters, "port"));
        foreach (var (parameter, value) in parameters)
        {
            PostgresUrlParameters.Apply(result, parameter, value);
        }

        return result.ConnectionString;
    }

    /// <summary>Hosts stand before the path, or in the query, where a folder of unix sockets is easier to
    /// write.</summary>
    private static void SetHosts(NpgsqlConnectionStringBuilder result, string authority, string? hosts, string? ports)
    {
        var listed = hosts is null
            ? authority.Split(',').Select(WithPort).ToList()
            : [.. hosts.Split(',').Select(host => (Host: host, Port: (int?)null))];
        if (listed.Exists(host => host.Host.Length == 0))
        {
            throw new FormatException($"names no host: it {Rule}");
        }

        var given = ports?.Split(',').Select(PortOf).ToList() ?? [];
        if (given.Count > 1 && given.Count != listed.Count)
        {
            throw new FormatException($"has {given.Count} ports for {listed.Count} hosts");
        }

        var all = listed.Select((host, i) => (
            host.Host,
            Port: host.Port ?? given.ElementAtOrDefault(given.Count == 1 ? 0 : i) ?? DefaultPort)).ToList();
        if (all is [var single])
        {
            (result.Host, result.Port) = (single.Host, single.Port);
            return;
        }

        result.Host = string.Join(',', all.Select(host =>
            $"{(host.Host.Contains(':') ? $"[{host.Host}]" : host.Host)}:{host.Port}"));
    }

    /// <summary>An IPv6 address stands in brackets, because it has colons of its own.</summary>
    private static (string Host, int? Port) WithPort(string text)
    {
        if (text.StartsWith('['))
        {
            var (address, rest) = Cut(text[1..], ']');
            return rest is "" ? (address, null)
                : rest[0] == ':' ? (address, PortOf(rest[1..]))
                : throw new FormatException(Rule);
        }

        var (host, port) = Cut(text, ':');
        return (Decoded(host), port.Length == 0 ? null : PortOf(port));
    }

    private static int? PortOf(string text) => ushort.TryParse(text, out var port) && port > 0
        ? port
        : throw new FormatException($"its port '{text}' must be a number from 1 to 65535");

    private static Dictionary<string, string> Parameters(string query)
    {
        var parameters = new Dictionary<string, string>();
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = Cut(pair, '=');
            parameters[Decoded(name)] = Decoded(value);
        }

        return parameters;
    }

    private static string? Taken(Dictionary<string, string> parameters, string name) =>
        parameters.Remove(name, out var value) && value.Length > 0 ? value : null;

    private static string? Either(string? first, string second) => first ?? (second.Length > 0 ? second : null);

    private static string Decoded(string text) => Uri.UnescapeDataString(text);

    private static (string Before, string After) Cut(string text, char separator) =>
        text.IndexOf(separator) is >= 0 and var at ? (text[..at], text[(at + 1)..]) : (text, "");
}
