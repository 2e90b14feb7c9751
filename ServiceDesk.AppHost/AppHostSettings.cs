using ServiceDesk.AppHost.Infrastructure;
using ServiceDesk.Settings;

namespace ServiceDesk.AppHost;

/// <summary>The composition's settings, section ServiceDesk: <c>--ServiceDesk:RelayReplicas 3</c>.</summary>
public sealed class AppHostSettings : ISettings
{
    private const string AddressRule = "must be host:port, or :port for every interface";

    public static string Section => "ServiceDesk";

    /// <summary>containers, local or external; unset means containers if a container runtime answers, else local.
    /// <c>--infrastructure</c> is short for it on the command line.</summary>
    public string? Infrastructure { get; set; }

    /// <summary>infrastructure: Postgres and Kafka alone; unset: everything. <c>--only</c> for short.</summary>
    public string? Only { get; set; }

    public int RelayReplicas { get; set; } = 1;

    public int NotifierReplicas { get; set; } = 1;

    /// <summary>Where services are reached on this machine.</summary>
    public string TicketApiAddress { get; set; } = "localhost:8080";

    public string RelayAddress { get; set; } = "localhost:9090";

    public string NotifierAddress { get; set; } = "localhost:9091";

    public string OperatorAddress { get; set; } = "localhost:8090";

    /// <summary>Ports on this machine; 0 takes any that is free.</summary>
    public int PostgresPort { get; set; } = 5432;

    public int KafkaPort { get; set; } = 29092;

    /// <summary>LocalKafka's health and faults; not used with containers.</summary>
    public int KafkaControlPort { get; set; } = 29093;

    /// <summary>Where local processes keep their data; unset: .local in the repository.</summary>
    public string? DataFolder { get; set; }

    /// <summary>Where the servers' addresses are written once everything is ready; unset: run/apphost.env in the data
    /// folder.</summary>
    public string? AddressFile { get; set; }

    public InfrastructureKind? Kind =>
        Infrastructure is null ? null : Enum.Parse<InfrastructureKind>(Infrastructure, ignoreCase: true);

    public bool HasServices => Only is null;

    public string DataFolderFrom(string appHostDirectory) =>
        Path.GetFullPath(DataFolder ?? "../.local", appHostDirectory);

    public string AddressFileFrom(string appHostDirectory) => AddressFile is null
        ? Path.Combine(DataFolderFrom(appHostDirectory), "run", "apphost.env")
        : Path.GetFullPath(AddressFile);

    public void Validate(SettingRules rules) => rules
        .Must(Infrastructure is null
            || Enum.GetNames<InfrastructureKind>().Contains(Infrastructure, StringComparer.OrdinalIgnoreCase),
            Infrastructure, "must be containers, local or external")
        .Must(Only is null or "infrastructure", Only, "must be infrastructure, or not set")
        .InRange(RelayReplicas, 1, 20)
        .InRange(NotifierReplicas, 1, 20)
        .Must(HostAndPort.Parse(TicketApiAddress) is not null, TicketApiAddress, AddressRule)
        .Must(HostAndPort.Parse(RelayAddress) is not null, RelayAddress, AddressRule)
        .Must(HostAndPort.Parse(NotifierAddress) is not null, NotifierAddress, AddressRule)
        .Must(HostAndPort.Parse(OperatorAddress) is not null, OperatorAddress, AddressRule)
        .InRange(PostgresPort, 0, ushort.MaxValue)
        .InRange(KafkaPort, 0, ushort.MaxValue)
        .InRange(KafkaControlPort, 0, ushort.MaxValue);
}
