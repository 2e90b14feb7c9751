using System.Diagnostics;
using System.Text.Json;
using ServiceDesk.Events;
using ServiceDesk.TicketApi.Outbox;

namespace ServiceDesk.TicketApi.Tickets;

/// <summary>A ticket that waits for its commit. Made on the request's side, so that its event carries the request's trace.</summary>
internal sealed class PendingTicket(NewTicket ticket, string requestId)
{
    private readonly TaskCompletionSource<DateTime?> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _taken;

    public NewTicket Ticket { get; } = ticket;

    public Guid EventId { get; } = Guid.CreateVersion7();

    public byte[] Payload { get; } = JsonSerializer.SerializeToUtf8Bytes(
        new TicketCreated(ticket.Id, ticket.Title, ticket.Description, TicketStatus.Open, Version: 1), TicketJson.Default.TicketCreated);

    public byte[] Headers { get; } = OutboxHeaders.Capture(requestId).Write();

    public Activity? Activity { get; } = Activity.Current;

    /// <summary>When it was created, or null when its idempotency key is taken.</summary>
    public Task<DateTime?> Outcome => _outcome.Task;

    /// <summary>Either the writer takes it, or the caller gives it up; the first one wins.</summary>
    public bool TryTake() => Interlocked.Exchange(ref _taken, 1) == 0;

    public void Complete(DateTime? createdAt) => _outcome.TrySetResult(createdAt);

    public void Fail(Exception failure) => _outcome.TrySetException(failure);
}
