using Microsoft.Extensions.Configuration;
using ServiceDesk.Settings;

namespace ServiceDesk.Tests.Kubernetes;

/// <summary>A container's environment as .NET reads it, with stand-ins for what is in Secrets.</summary>
internal static class ContainerSettings
{
    public static IConfiguration Of(Workload workload)
    {
        var environment = workload.Environment(
            (name, key) => key == "uri" ? "postgres://app:pass@db:5432/servicedesk" : $"{name}.{key}");
        var settings = environment.ToDictionary(v => v.Key.Replace("__", ":"), v => (string?)v.Value);
        if (environment.TryGetValue("DATABASE_URL", out var url))
        {
            settings["ConnectionStrings:servicedesk"] = PostgresUrl.ToConnectionString(url);
        }

        return new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
    }
}
