using Microsoft.Extensions.Configuration;
using ServiceDesk.Settings;

namespace ServiceDesk.AppHost.Infrastructure;

/// <summary>Which way Postgres and Kafka run, and why.</summary>
internal sealed record InfrastructureChoice(InfrastructureKind Kind, string Reason)
{
    /// <exception cref="SettingsException">That way does not exist on this machine.</exception>
    public static InfrastructureChoice Make(InfrastructureKind? asked, IConfiguration configuration)
    {
        if (asked == InfrastructureKind.Local && OperatingSystem.IsWindows())
        {
            throw SettingsException.For(
                "ServiceDesk:Infrastructure", "local", "must be containers or external on Windows");
        }

        if (asked is { } kind)
        {
            return new(kind, "as asked for");
        }

        if (ContainerRuntime.Find(configuration) is { } runtime)
        {
            return new(InfrastructureKind.Containers, $"{runtime} answers");
        }

        return OperatingSystem.IsWindows()
            ? new(InfrastructureKind.Containers, "local processes need Linux or macOS; start a container runtime")
            : new(InfrastructureKind.Local, "no container runtime answers");
    }

    public override string ToString() =>
        $"Infrastructure: {Kind.ToString().ToLowerInvariant()}, {Reason} (--infrastructure containers|local|external "
        + "decides otherwise)";
}
