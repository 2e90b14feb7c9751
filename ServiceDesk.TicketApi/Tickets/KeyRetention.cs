using ServiceDesk.Clients.Postgres;
using ServiceDesk.TicketApi.Http;

namespace ServiceDesk.TicketApi.Tickets;

/// <summary>Forgets the idempotency keys of changes made long ago, in small steps. A new ticket's key lives as long as
/// its ticket.</summary>
internal sealed class KeyRetention(
    TicketStore store, ApiSettings settings, SchemaGate schema, TimeProvider time, ILogger<KeyRetention> logger)
    : PeriodicService(settings.KeyRetentionInterval, schema, time, logger)
{
    private const int Step = 1000;
    private const int MaxSteps = 200;

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        for (var step = 0; step < MaxSteps; step++)
        {
            if (await store.ForgetChangesAsync(settings.KeyRetention, Step, cancellationToken) < Step)
            {
                return;
            }
        }
    }
}
