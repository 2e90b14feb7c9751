using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using ServiceDesk.Clients.Kafka;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.Notifier;
using ServiceDesk.Notifier.Consuming;
using ServiceDesk.Notifier.Events;
using ServiceDesk.Notifier.Processing;
using ServiceDesk.Settings;

namespace ServiceDesk.Tests.Unit;

/// <summary>The retries of one partition, by a clock of the test's own.</summary>
public sealed class PartitionRetryTests : IDisposable
{
    private const int MaxAttempts = 3;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly CountingTime _time = new();
    private readonly Store _store = new();
    private readonly Sink _sink = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly NpgsqlDataSource _nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1");

    [Fact]
    public async Task A_poison_event_holds_up_its_own_ticket_until_it_is_a_dead_letter_and_no_other()
    {
        var (ticket, other) = (Guid.NewGuid(), Guid.NewGuid());
        var messages = new[] { Message(ticket), Message(ticket), Message(other) };
        _store.Poison.Add(Id(messages[0]));

        await RunAsync(messages);

        Assert.Equal([Id(messages[2]), Id(messages[1])], _store.Applied);
        Assert.Equal([Id(messages[0])], _store.Failed);
        Assert.Equal(MaxAttempts, _store.Attempts[Id(messages[0])]);
        Assert.Equal("failed", Assert.Single(_sink.Codes));
        Assert.All(messages, m => Assert.True(m.IsSettled));
    }

    [Fact]
    public async Task Poison_events_become_dead_letters_together()
    {
        var messages = Enumerable.Range(0, 50).Select(_ => Message(Guid.NewGuid())).ToArray();
        _store.Poison.UnionWith(messages.Select(Id));
        // No letter is acknowledged before all are sent.
        _sink.Expected = messages.Length;

        await RunAsync(messages);

        Assert.Equal(messages.Length, _store.Failed.Count);
        // Each round waits once, whatever the number of events.
        Assert.InRange(_time.Waits, 1, messages.Length - 1);
    }

    [Fact]
    public async Task An_outage_of_the_database_is_no_attempt()
    {
        var messages = new[] { Message(Guid.NewGuid()), Message(Guid.NewGuid()) };
        _store.Outages = 20;

        await RunAsync(messages);

        Assert.Empty(_store.Attempts);
        Assert.Equal(messages.Select(Id), _store.Applied);
    }

    [Fact]
    public async Task Letters_that_nobody_takes_hold_up_no_event_and_are_sent_again()
    {
        var foreign = new ReceivedMessage(Raw(), refusal: new Refusal(DeadLetterCode.Unreadable, "not json"));
        var sound = Message(Guid.NewGuid());
        _sink.Refusals = 10;

        await RunAsync([foreign, sound]);

        Assert.Equal([Id(sound)], _store.Applied);
        Assert.Equal(11, _sink.Codes.Count);
        Assert.True(foreign.IsSettled);
    }

    [Fact]
    public async Task A_letter_that_is_safe_is_not_sent_again_because_the_database_went_away_after_it()
    {
        var poison = Message(Guid.NewGuid());
        _store.Poison.Add(Id(poison));
        _store.FailedMarks = 5;

        await RunAsync([poison]);

        Assert.Equal([Id(poison)], _store.Failed);
        Assert.Single(_sink.Codes);
    }

    [Fact]
    public async Task A_retry_that_is_cancelled_ends_at_once()
    {
        using var cancel = new CancellationTokenSource();
        _store.Outages = int.MaxValue;
        var retry = Retry().RunAsync([Message(Guid.NewGuid())], cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => retry.WaitAsync(Limit));
    }

    public void Dispose()
    {
        _services.Dispose();
        _nowhere.Dispose();
    }

    /// <summary>How far the clock runs depends on the machine; how often it is waited for does not.</summary>
    private sealed class CountingTime : FakeTimeProvider
    {
        private int _waits;

        public int Waits => Volatile.Read(ref _waits);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Increment(ref _waits);
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }

    private async Task RunAsync(IReadOnlyList<ReceivedMessage> messages)
    {
        var retry = Retry().RunAsync(messages, default);
        using var deadline = new CancellationTokenSource(Limit);
        while (!retry.IsCompleted && !deadline.IsCancellationRequested)
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        await retry.WaitAsync(Limit);
    }

    private PartitionRetry Retry()
    {
        var (kafka, settings) = (new KafkaSettings(), new NotifierSettings { MaxAttempts = MaxAttempts });
        var metrics = ActivatorUtilities.CreateInstance<NotifierMetrics>(_services);
        var office = new DeadLetterOffice(
            new DeadLetters(_sink, kafka), _store, metrics, NullLogger<DeadLetterOffice>.Instance);
        var processor = new EventProcessor(
            _store, office, new ConsumerTracing(kafka), metrics, _time, NullLogger<EventProcessor>.Instance);
        return new PartitionRetry(
            processor, _store, new Schema(_nowhere), settings, metrics, _time, NullLogger<PartitionRetry>.Instance);
    }

    private static ReceivedMessage Message(Guid ticket) => new(
        Raw(), new TicketEvent(
            Guid.NewGuid(), "ticket.created", DateTimeOffset.UnixEpoch, "ticket", ticket,
            "test", "New ticket", default));

    private static ConsumeResult<byte[], byte[]> Raw() =>
        new() { Topic = "any", Partition = 0, Offset = 0, Message = new() { Key = [1], Value = [2] } };

    private static Guid Id(ReceivedMessage message) => message.Event!.EventId;

    private sealed class Store : IEventStore
    {
        public HashSet<Guid> Poison { get; } = [];

        public List<Guid> Applied { get; } = [];

        public List<Guid> Failed { get; } = [];

        public Dictionary<Guid, int> Attempts { get; } = [];

        public int Outages { get; set; }

        /// <summary>How often it is away just when a letter is written.</summary>
        public int FailedMarks { get; set; }

        public Task<HashSet<Guid>> ApplyAsync(
            IReadOnlyCollection<TicketEvent> events, CancellationToken cancellationToken)
        {
            if (Outages-- > 0)
            {
                throw new NpgsqlException("away", new IOException());
            }

            var ids = events.Select(e => e.EventId).ToList();
            if (ids.Exists(Poison.Contains))
            {
                throw new PostgresException("refused", "ERROR", "ERROR", PostgresErrorCodes.CheckViolation);
            }

            Applied.AddRange(ids);
            return Task.FromResult(ids.ToHashSet());
        }

        public Task<int?> RecordAttemptAsync(TicketEvent failed, string error, CancellationToken cancellationToken) =>
            Task.FromResult<int?>(Attempts[failed.EventId] = Attempts.GetValueOrDefault(failed.EventId) + 1);

        public Task MarkFailedAsync(Guid[] eventIds, CancellationToken cancellationToken)
        {
            if (eventIds.Length > 0 && FailedMarks-- > 0)
            {
                throw new NpgsqlException("away", new IOException());
            }

            Failed.AddRange(eventIds);
            return Task.CompletedTask;
        }
    }

    /// <summary>A dead-letter topic that acknowledges nothing before it has as many letters as expected.</summary>
    private sealed class Sink : IMessageSink
    {
        private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Expected { get; set; } = 1;

        public int Refusals { get; set; }

        public List<string> Codes { get; } = [];

        public async Task<DeliveryResult<byte[], byte[]>> SendAsync(
            string topic, Message<byte[], byte[]> message, CancellationToken cancellationToken)
        {
            Codes.Add(System.Text.Encoding.UTF8.GetString(message.Headers.GetLastBytes("dlq_code")));
            var result = new DeliveryResult<byte[], byte[]> { Message = message, Status = PersistenceStatus.Persisted };
            if (Refusals-- > 0)
            {
                throw new ProduceException<byte[], byte[]>(new Error(ErrorCode.TopicAuthorizationFailed), result);
            }

            if (Codes.Count >= Expected)
            {
                _complete.TrySetResult();
            }

            await _complete.Task.WaitAsync(Limit, cancellationToken);
            return result;
        }
    }
}
