using ServiceDesk.AppHost.Infrastructure;
using ServiceDesk.Settings;

namespace ServiceDesk.AppHost;

/// <summary>The composition's own settings: section ServiceDesk, for example <c>--ServiceDesk:RelayReplicas 3</c>.</summary>
public sealed class AppHostSettings : ISettings
{
    public static string Section => "ServiceDesk";

    /// <summary>containers, local or external; unset: containers where a container runtime answers, else local. The command
    /// line may say <c>--infrastructure</c> for short.</summary>
    public string? Infrastructure { get; set; }

    public int RelayReplicas { get; set; } = 1;

    public int NotifierReplicas { get; set; } = 1;

    /// <summary>Ports on this machine; 0 takes any that is free.</summary>
    public int PostgresPort { get; set; } = 5432;

    public int KafkaPort { get; set; } = 29092;

    /// <summary>LocalKafka's health and faults; not used with containers.</summary>
    public int KafkaControlPort { get; set; } = 29093;

    /// <summary>Where local processes keep their data; unset: .local in the repository, which the scripts use as well.</summary>
    public string? DataFolder { get; set; }

    public InfrastructureKind? Kind => Infrastructure is null ? null : Enum.Parse<InfrastructureKind>(Infrastructure, ignoreCase: true);

    public void Validate(SettingRules rules) => rules
        .Must(Infrastructure is null || Enum.GetNames<InfrastructureKind>().Contains(Infrastructure, StringComparer.OrdinalIgnoreCase),
            Infrastructure, "must be containers, local or external")
        .InRange(RelayReplicas, 1, 20)
        .InRange(NotifierReplicas, 1, 20)
        .InRange(PostgresPort, 0, ushort.MaxValue)
        .InRange(KafkaPort, 0, ushort.MaxValue)
        .InRange(KafkaControlPort, 0, ushort.MaxValue);
}
