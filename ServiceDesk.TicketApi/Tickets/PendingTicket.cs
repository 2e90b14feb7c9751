using System.Diagnostics;
using System.Text.Json;
using ServiceDesk.Events;

namespace ServiceDesk.TicketApi.Tickets;

/// <summary>A ticket that waits for its commit, made by the request so that its event carries its trace.</summary>
internal sealed class PendingTicket(NewTicket ticket, string requestId)
{
    private readonly TaskCompletionSource<DateTime?> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isSettled;

    public NewTicket Ticket { get; } = ticket;

    public Guid EventId { get; } = Guid.CreateVersion7();

    public byte[] Payload { get; } = JsonSerializer.SerializeToUtf8Bytes(
        new TicketCreated(ticket.Id, ticket.Title, ticket.Description, TicketStatus.Open, Version: 1),
        TicketJson.Default.TicketCreated);

    public byte[] Headers { get; } = OutboxHeaders.Capture(requestId).Write();

    public Activity? Activity { get; } = Activity.Current;

    /// <summary>When it was created, or null when its idempotency key is taken.</summary>
    public Task<DateTime?> Outcome => _outcome.Task;

    /// <summary>The writer takes it, unless its caller has given it up.</summary>
    public bool TryTake() => Interlocked.Exchange(ref _isSettled, 1) == 0;

    /// <summary>The caller gives it up; nothing is written unless the writer has taken it already.</summary>
    public void Abandon() => Interlocked.Exchange(ref _isSettled, 1);

    public void Complete(DateTime? createdAt) => _outcome.TrySetResult(createdAt);

    public void Fail(Exception failure) => _outcome.TrySetException(failure);
}
