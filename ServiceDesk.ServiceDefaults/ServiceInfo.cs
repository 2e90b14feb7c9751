namespace ServiceDesk.ServiceDefaults;

/// <summary>What tells one service from another.</summary>
/// <param name="Name">Name in logs, traces and connection names.</param>
/// <param name="Port">Port it listens on when nothing is configured.</param>
/// <param name="ListenKey">Key of its listen address, <c>Listen:Http</c> or <c>Listen:Metrics</c>.</param>
public sealed record ServiceInfo(string Name, int Port, string ListenKey)
{
    /// <summary>The first argument of every service: settings are read once, so their files need no watcher, which
    /// would walk the whole working directory.</summary>
    public const string NoReload = "--hostBuilder:reloadConfigOnChange=false";
}
