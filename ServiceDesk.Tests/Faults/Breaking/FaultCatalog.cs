using ServiceDesk.Tests.Faults.Chaos;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults.Breaking;

/// <summary>The faults possible on the servers at hand; servers that are not ours cannot be taken down.</summary>
internal static class FaultCatalog
{
    public static IReadOnlyList<IFault> For(TestServers servers, ChaosSettings chaos, DatabaseAddress? address)
    {
        List<IFault> faults =
        [
            new KillFault(ServiceProcess.TicketApi, FaultTargets.Apis),
            new KillFault(ServiceProcess.OutboxRelay, FaultTargets.Relays),
            new KillFault(ServiceProcess.Notifier, FaultTargets.Notifiers),
            new FreezeFault(ServiceProcess.TicketApi, FaultTargets.Apis, TimeSpan.FromSeconds(3)),
            new FreezeFault(ServiceProcess.OutboxRelay, FaultTargets.Relays, chaos.Lease + TimeSpan.FromSeconds(2)),
            new FreezeFault(
                ServiceProcess.Notifier, FaultTargets.Notifiers, chaos.GroupSession + TimeSpan.FromSeconds(2)),
            new RebalanceStormFault(),
            new RollingRestartFault(),
            new PoisonFault(chaos.Holds),
            new BigMessagesFault(),
            new ConnectionsCutFault(),
            new HeldTransactionFault(),
        ];
        if (servers.Kafka.Breakable is { } broker)
        {
            faults.AddRange(
            [
                new BrokerDownFault(broker), new BrokerLatencyFault(broker), new BrokerErrorsFault(broker),
                new ForgottenProducersFault(broker),
            ]);
        }
        else
        {
            faults.Add(new TopicMadeAnewFault(servers.Kafka));
        }

        if (chaos is { BrokerKill: { } kill, BrokerStart: { } start })
        {
            faults.Add(new BrokerKilledFault(kill, start));
        }

        if (servers.Postgres.Stoppable is { } postgres)
        {
            faults.Add(new DatabaseCrashFault(postgres));
        }

        if (address is not null)
        {
            faults.Add(new FailoverFault(address));
        }

        if (address is not null && FakeClock.Library is not null)
        {
            faults.Add(new ClockBackFault(servers.Postgres.Own!));
        }

        return faults;
    }
}
