using System.Globalization;
using ServiceDesk.Tests.Faults.Checking;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults.Chaos;

/// <summary>The processes under test: several of each service on one database and one topic.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private readonly Dictionary<string, string> _settings;
    private readonly List<FleetMember> _extras = [];

    private Fleet(ChaosSettings chaos, ServiceDeskSystem system, KafkaServer kafka)
    {
        _settings = SettingsFor(chaos, system, kafka);
        Members =
        [
            .. Enumerable.Range(1, chaos.Apis).Select(n => new FleetMember(ServiceProcess.TicketApi, n, _settings)),
            .. Enumerable.Range(1, chaos.Relays).Select(n => new FleetMember(ServiceProcess.OutboxRelay, n, _settings)),
            .. Enumerable.Range(1, chaos.Notifiers).Select(n => new FleetMember(ServiceProcess.Notifier, n, _settings)),
        ];
    }

    public IReadOnlyList<FleetMember> Members { get; }

    public static async Task<Fleet> StartAsync(ChaosSettings chaos, ServiceDeskSystem system, KafkaServer kafka)
    {
        var fleet = new Fleet(chaos, system, kafka);
        try
        {
            await Task.WhenAll(fleet.Members.Select(member => member.StartAsync()));
            await Task.WhenAll(
                fleet.Members.Select(async member => await (await member.RunningAsync()).IsReadyAsync()));
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    public IReadOnlyList<FleetMember> Of(string project) => [.. Members.Where(member => member.Project == project)];

    /// <summary>Endpoints by the job that Prometheus knows them by.</summary>
    public ILookup<string, string> Endpoints() => Members.ToLookup(
        member => member.Project switch
        {
            ServiceProcess.TicketApi => "ticket-api",
            ServiceProcess.OutboxRelay => "outbox-relay",
            _ => "notifier",
        },
        member => member.Endpoint);

    /// <summary>Starts one more notifier, beyond those that always run.</summary>
    public async Task<FleetMember> StartExtraNotifierAsync()
    {
        FleetMember extra;
        lock (_extras)
        {
            extra = new FleetMember(ServiceProcess.Notifier, 100 + _extras.Count, _settings);
            _extras.Add(extra);
        }

        await extra.StartAsync();
        return extra;
    }

    /// <summary>All log lines that mention something.</summary>
    public IEnumerable<string> Lines(string mentioned) => All().SelectMany(member => member.Lines(mentioned));

    /// <summary>What ended by itself.</summary>
    public async Task<IReadOnlyList<Violation>> DeathsAsync()
    {
        var deaths = new List<Violation>();
        foreach (var member in All())
        {
            deaths.AddRange((await member.DeathsAsync()).Select(death => new Violation(Invariant.ProcessDied, death)));
        }

        return deaths;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in All())
        {
            await member.DisposeAsync();
        }
    }

    private IReadOnlyList<FleetMember> All()
    {
        lock (_extras)
        {
            return [.. Members, .. _extras];
        }
    }

    /// <summary>Everything that waits, waits for a short time, so that many faults fit into a run.</summary>
    private static Dictionary<string, string> SettingsFor(
        ChaosSettings chaos, ServiceDeskSystem system, KafkaServer kafka)
    {
        var settings = new Dictionary<string, string>(system.Settings)
        {
            ["OutboxRelay__ProcessingTimeout"] = Text(chaos.Lease),
            ["OutboxRelay__PublishTimeout"] = Text(chaos.PublishTimeout),
            ["OutboxRelay__MaxBackoff"] = "00:00:01",
            ["OutboxRelay__BatchSize"] = "50",
            ["Notifier__MaxBackoff"] = "00:00:01",
            ["OutboxRelay__OnFailure"] = chaos.Holds ? "hold" : "pass",
            ["Notifier__OnFailure"] = chaos.Holds ? "hold" : "pass",
            ["KafkaClient__session.timeout.ms"] =
                chaos.GroupSession.TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
        };
        if (kafka.Breakable is not null)
        {
            // Kafka uses sequence numbers to refuse a request after a failed one, which our broker does not check. One
            // request at a time makes up for that.
            settings["KafkaClient__max.in.flight.requests.per.connection"] = "1";
        }

        return settings;
    }

    private static string Text(TimeSpan time) => time.ToString("c", CultureInfo.InvariantCulture);
}
