using Microsoft.Extensions.Configuration;
using ServiceDesk.Settings;

namespace ServiceDesk.AppHost;

/// <summary>The AppHost's configuration as the rest of the system reads it, with the environment's aliases and short
/// names for the command line.</summary>
internal static class AppHostConfiguration
{
    private static readonly Dictionary<string, string> Aliases = new()
    {
        ["infrastructure"] = Key(nameof(AppHostSettings.Infrastructure)),
        ["only"] = Key(nameof(AppHostSettings.Only)),
    };

    private static readonly Dictionary<string, string> Variables = new()
    {
        ["INFRA"] = Key(nameof(AppHostSettings.Infrastructure)),
        ["POSTGRES_PORT"] = Key(nameof(AppHostSettings.PostgresPort)),
        ["KAFKA_PORT"] = Key(nameof(AppHostSettings.KafkaPort)),
        ["KAFKA_CONTROL_PORT"] = Key(nameof(AppHostSettings.KafkaControlPort)),
        ["HTTP_ADDR"] = Key(nameof(AppHostSettings.TicketApiAddress)),
        ["RELAY_METRICS_ADDR"] = Key(nameof(AppHostSettings.RelayAddress)),
        ["NOTIFIER_METRICS_ADDR"] = Key(nameof(AppHostSettings.NotifierAddress)),
        ["OPERATOR_ADDR"] = Key(nameof(AppHostSettings.OperatorAddress)),
    };

    private static readonly string[] Servers = ["DATABASE_URL", "KAFKA_BROKERS"];

    /// <summary>Without a dashboard (<c>--dashboard false</c>) the resources' logs go to the console.</summary>
    public static DistributedApplicationOptions OptionsFrom(string[] args)
    {
        var isWithout = !HasDashboard(new ConfigurationBuilder().AddCommandLine(args).Build());
        return new() { Args = args, DisableDashboard = isWithout, EnableResourceLogging = isWithout };
    }

    public static bool HasDashboard(IConfiguration configuration) => configuration["dashboard"] != "false";

    /// <remarks>A copy: adding a source to the builder's own would make it forget what Aspire has set in it.</remarks>
    public static IConfiguration Of(IDistributedApplicationBuilder builder)
    {
        var configuration = new ConfigurationBuilder();
        configuration.AddEnvironmentAliases();
        configuration.AddInMemoryCollection(Given(Variables, Variable));
        configuration.AddConfiguration(builder.Configuration);
        configuration.AddInMemoryCollection(Given(Aliases, name => builder.Configuration[name]));
        return configuration.Build();
    }

    /// <summary>The setting's key, with the variable that sets it as well.</summary>
    public static string Describe(string setting) =>
        Variables.FirstOrDefault(v => v.Value == Key(setting)) is { Key: { } variable }
            ? $"{Key(setting)} ({variable})"
            : Key(setting);

    /// <summary>INFRA is about servers that are not given; <c>--infrastructure</c> decides for those, too.</summary>
    private static string? Variable(string name) =>
        name == "INFRA" && Servers.Any(s => Environment.GetEnvironmentVariable(s) is { Length: > 0 })
            ? null
            : Environment.GetEnvironmentVariable(name);

    private static string Key(string setting) => $"{AppHostSettings.Section}:{setting}";

    private static IEnumerable<KeyValuePair<string, string?>> Given(
        Dictionary<string, string> names, Func<string, string?> value) =>
        from name in names
        where value(name.Key) is { Length: > 0 }
        select KeyValuePair.Create(name.Value, value(name.Key));
}
