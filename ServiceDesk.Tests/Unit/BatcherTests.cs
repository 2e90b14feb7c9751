using System.Collections.Concurrent;
using Npgsql;
using ServiceDesk.Tests.Infrastructure;
using ServiceDesk.TicketApi.Tickets;

namespace ServiceDesk.Tests.Unit;

public sealed class BatcherTests : IAsyncLifetime, IDisposable
{
    private readonly HeldBatches _batches = new();

    public Task InitializeAsync() => _batches.StartAsync(CancellationToken.None);

    public Task DisposeAsync() => _batches.StopAsync(CancellationToken.None);

    public void Dispose() => _batches.Dispose();

    [Fact]
    public async Task What_comes_while_batches_are_under_way_shares_the_next_one()
    {
        var (first, second) = await OccupyAsync();
        var later = Enumerable.Range(3, 5).Select(n => _batches.RunAsync(n, CancellationToken.None)).ToList();

        _batches.Release(1);
        await _batches.BegunAsync();
        _batches.Release(3);

        int[] answers = await Task.WhenAll([first, second, .. later]);
        Assert.Equal([-1, -2, -3, -4, -5, -6, -7], answers);
        // No more than fit in one; what is left over comes in the next.
        Assert.Equal([[1], [2], [3, 4, 5, 6], [7]], _batches.Begun.OrderBy(batch => batch[0]));
    }

    [Fact]
    public async Task A_batch_that_is_refused_is_tried_one_by_one()
    {
        var (first, second) = await OccupyAsync();
        var together = new[] { 3, HeldBatches.Refused, 5 }
            .Select(n => _batches.RunAsync(n, CancellationToken.None)).ToList();

        _batches.Release(1);
        await _batches.BegunAsync();
        _batches.Release(5);

        int[] answers = await Task.WhenAll(first, second, together[0], together[2]);
        Assert.Equal([-1, -2, -3, -5], answers);
        await Assert.ThrowsAsync<PostgresException>(() => together[1]);
        Assert.Contains([3, HeldBatches.Refused, 5], _batches.Begun);
    }

    [Fact]
    public async Task What_its_caller_has_given_up_is_not_done()
    {
        using var caller = new CancellationTokenSource();
        var (first, second) = await OccupyAsync();
        var givenUp = _batches.RunAsync(3, caller.Token);
        var later = _batches.RunAsync(4, CancellationToken.None);

        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp);
        _batches.Release(3);

        int[] answers = await Task.WhenAll(first, second, later);
        Assert.Equal([-1, -2, -4], answers);
        Assert.DoesNotContain(_batches.Begun, batch => batch.Contains(3));
    }

    /// <summary>Has as many batches under way as there can be.</summary>
    private async Task<(Task<int> First, Task<int> Second)> OccupyAsync()
    {
        var first = _batches.RunAsync(1, CancellationToken.None);
        await _batches.BegunAsync();
        var second = _batches.RunAsync(2, CancellationToken.None);
        await _batches.BegunAsync();
        return (first, second);
    }

    /// <summary>Answers with the number below zero, when it is told to.</summary>
    private sealed class HeldBatches() : Batcher<int, int>(maxBatch: 4)
    {
        public const int Refused = 13;

        private readonly SemaphoreSlim _begun = new(0);
        private readonly SemaphoreSlim _released = new(0);

        public ConcurrentQueue<int[]> Begun { get; } = [];

        public async Task BegunAsync() => Assert.True(await _begun.WaitAsync(Eventually.Limit), "no batch has begun");

        public void Release(int batches) => _released.Release(batches);

        protected override async Task AnswerAsync(IReadOnlyList<Pending<int, int>> batch)
        {
            Begun.Enqueue([.. batch.Select(p => p.Request)]);
            _begun.Release();
            await _released.WaitAsync();
            foreach (var pending in batch)
            {
                pending.Answer(pending.Request != Refused
                    ? -pending.Request
                    : throw new PostgresException("refused by a test", "ERROR", "ERROR", "P0001"));
            }
        }

        public override void Dispose()
        {
            _begun.Dispose();
            _released.Dispose();
            base.Dispose();
        }
    }
}
