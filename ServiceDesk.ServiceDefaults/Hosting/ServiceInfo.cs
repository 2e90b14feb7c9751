namespace ServiceDesk.ServiceDefaults.Hosting;

/// <summary>What tells one service from another.</summary>
/// <param name="Name">Name in logs, traces and connection names.</param>
/// <param name="Port">Port it listens on when nothing is configured.</param>
/// <param name="ListenKey">Key of its listen address, <c>Listen:Http</c> or <c>Listen:Metrics</c>.</param>
/// <param name="DatabaseRole">Postgres role it acts as, unless <c>Database:Role</c> says another, or "none".</param>
public sealed record ServiceInfo(string Name, int Port, string ListenKey, string DatabaseRole)
{
    /// <summary>Further options of its Postgres connections, as on the server's command line.</summary>
    public string DatabaseOptions { get; init; } = "";
}
