using Confluent.Kafka;
using ServiceDesk.OutboxRelay.Outbox;

namespace ServiceDesk.OutboxRelay.Publishing;

/// <summary>Collects the delivery reports of one batch.</summary>
internal sealed class BatchDelivery(IReadOnlyList<OutboxEvent> events)
{
    private static readonly Error NotAcknowledged = new(ErrorCode.Local_TimedOut, "not acknowledged in time");

    private readonly Error?[] _errors = [.. Enumerable.Repeat(NotAcknowledged, events.Count)];
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open = events.Count;

    /// <summary>Completes with the last report.</summary>
    public Task All => _all.Task;

    public Action<DeliveryReport<byte[], byte[]>> ReportOf(int index) => report => Report(index, report.Error.IsError
        ? report.Error
        : report.Status == PersistenceStatus.Persisted ? null : NotAcknowledged);

    public void Report(int index, Error? error)
    {
        Volatile.Write(ref _errors[index], error);
        if (Interlocked.Decrement(ref _open) == 0)
        {
            _all.TrySetResult();
        }
    }

    /// <summary>What is known now. A report that comes later is too late: its event will be published again.</summary>
    public IReadOnlyList<PublishedEvent> Outcome() =>
        [.. events.Select((e, index) => new PublishedEvent(e, Volatile.Read(ref _errors[index])))];
}
