using System.Diagnostics;
using System.Threading.Channels;
using Npgsql;
using ServiceDesk.Clients.Postgres;

namespace ServiceDesk.TicketApi.Tickets;

/// <summary>
/// Does together what arrives together: requests that come while a batch is under way share the next one, its round
/// trip and its commit. No request waits for others to arrive, so a lone one is as fast as ever, and none is answered
/// from what was read before it came. (Group commit, as in DeWitt et al., Implementation Techniques for Main Memory
/// Database Systems, 1984.)
/// </summary>
internal abstract class Batcher<TRequest, TAnswer>(int maxBatch) : BackgroundService
{
    /// <summary>Batches under way at once.</summary>
    private const int Workers = 2;

    private const int MaxWaiting = 1024;

    private readonly Channel<Pending<TRequest, TAnswer>> _queue =
        Channel.CreateBounded<Pending<TRequest, TAnswer>>(MaxWaiting);

    public async Task<TAnswer> RunAsync(TRequest request, CancellationToken cancellationToken)
    {
        var pending = new Pending<TRequest, TAnswer>(request);
        try
        {
            await _queue.Writer.WriteAsync(pending, cancellationToken);
            return await pending.Outcome.WaitAsync(cancellationToken);
        }
        finally
        {
            pending.Abandon();
        }
    }

    /// <summary>Answers each request, or throws for those that have no answer yet.</summary>
    protected abstract Task AnswerAsync(IReadOnlyList<Pending<TRequest, TAnswer>> batch);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Workers)
            .Select(_ => Task.Run(() => WorkAsync(stoppingToken), CancellationToken.None)));

    private async Task WorkAsync(CancellationToken stoppingToken)
    {
        var batch = new List<Pending<TRequest, TAnswer>>(maxBatch);
        while (await _queue.Reader.WaitToReadAsync(stoppingToken))
        {
            while (batch.Count < maxBatch && _queue.Reader.TryRead(out var pending))
            {
                if (pending.TryTake())
                {
                    batch.Add(pending);
                }
            }

            if (batch.Count > 0)
            {
                await AnswerOrFailAsync(batch);
                batch.Clear();
            }
        }
    }

    private async Task AnswerOrFailAsync(List<Pending<TRequest, TAnswer>> batch)
    {
        // A trace has one parent: the statement belongs to the first request, the others only share it.
        Activity.Current = batch[0].Activity;
        try
        {
            await AnswerAsync(batch);
        }
        catch (PostgresException refused) when (batch.Count > 1 && !DatabaseFailure.IsOutage(refused))
        {
            // The batch failed as a whole, so nothing of it happened; only the request at fault must fail.
            foreach (var pending in batch)
            {
                await AnswerOrFailAsync([pending]);
            }
        }
        catch (Exception failure)
        {
            foreach (var pending in batch)
            {
                pending.Fail(failure);
            }
        }
    }
}

/// <summary>A request that waits for its answer.</summary>
internal sealed class Pending<TRequest, TAnswer>(TRequest request)
{
    private readonly TaskCompletionSource<TAnswer> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isSettled;

    public TRequest Request { get; } = request;

    public Activity? Activity { get; } = Activity.Current;

    public Task<TAnswer> Outcome => _outcome.Task;

    /// <summary>The batch takes it, unless its caller has given it up.</summary>
    public bool TryTake() => Interlocked.Exchange(ref _isSettled, 1) == 0;

    /// <summary>The caller gives it up; nothing is done unless a batch has taken it already.</summary>
    public void Abandon() => Interlocked.Exchange(ref _isSettled, 1);

    public void Answer(TAnswer answer) => _outcome.TrySetResult(answer);

    public void Fail(Exception failure) => _outcome.TrySetException(failure);
}
