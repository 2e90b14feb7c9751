using Npgsql;

namespace ServiceDesk.Settings;

/// <summary>libpq's connection URI, <c>postgres://user:password@host:port/database?sslmode=require</c>, for Npgsql.</summary>
public static class PostgresUrl
{
    private const string Rule = "must be postgres://user:password@host:port/database?sslmode=...";

    /// <exception cref="FormatException">Not such a URL, or with a parameter that is not known here.</exception>
    public static string ToConnectionString(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("postgres" or "postgresql")
            || uri.Host.Length == 0)
        {
            throw new FormatException(Rule);
        }

        if (Uri.UnescapeDataString(uri.UserInfo).Any(char.IsControl))
        {
            throw new FormatException("its user and password must have no control characters, such as a line break at the end of a secret");
        }

        var credentials = uri.UserInfo.Split(':', 2);
        var result = new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host,
            Port = uri.IsDefaultPort || uri.Port < 0 ? 5432 : uri.Port,
            Database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')) is { Length: > 0 } path ? path : "servicedesk",
        };
        result.Username = credentials[0].Length > 0 ? Uri.UnescapeDataString(credentials[0]) : null;
        result.Password = credentials.Length > 1 ? Uri.UnescapeDataString(credentials[1]) : null;
        foreach (var pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = pair.Split('=', 2) is [var n, var v] ? (n, Uri.UnescapeDataString(v)) : (pair, "");
            Apply(result, name, value);
        }

        return result.ConnectionString;
    }

    private static void Apply(NpgsqlConnectionStringBuilder result, string name, string value)
    {
        try
        {
            switch (name)
            {
                case "sslmode":
                    result.SslMode = Enum.Parse<SslMode>(value.Replace("-", ""), ignoreCase: true);
                    break;
                case "sslrootcert":
                    result.RootCertificate = value;
                    break;
                case "connect_timeout":
                    result.Timeout = int.Parse(value, System.Globalization.CultureInfo.InvariantCulture);
                    break;
                case "application_name":
                    result.ApplicationName = value;
                    break;
                case "options":
                    result.Options = value;
                    break;
                default:
                    throw new FormatException($"parameter '{name}' is not known; known are sslmode, sslrootcert, " +
                        "connect_timeout, application_name and options");
            }
        }
        catch (Exception e) when (e is ArgumentException or OverflowException || (e is FormatException && !e.Message.StartsWith("parameter", StringComparison.Ordinal)))
        {
            throw new FormatException($"parameter '{name}' cannot be '{value}'");
        }
    }
}
