using Microsoft.Extensions.Configuration;
using ServiceDesk.Settings;

namespace ServiceDesk.AppHost;

/// <summary>The AppHost's configuration as the rest of the system reads it: the environment's aliases included, and
/// <c>--infrastructure</c> for short.</summary>
internal static class AppHostConfiguration
{
    /// <remarks>A copy: adding a source to the builder's own would make it forget what Aspire has set in it.</remarks>
    public static IConfiguration Of(IDistributedApplicationBuilder builder)
    {
        var configuration = new ConfigurationBuilder();
        configuration.AddEnvironmentAliases();
        configuration.AddConfiguration(builder.Configuration);
        if (builder.Configuration["infrastructure"] is { Length: > 0 } chosen)
        {
            configuration.AddInMemoryCollection([new($"{AppHostSettings.Section}:{nameof(AppHostSettings.Infrastructure)}", chosen)]);
        }

        return configuration.Build();
    }
}
