using Npgsql;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.Operator.Pauses;
using ServiceDesk.Operator.Postgres;
using static ServiceDesk.Operator.Postgres.Query;

namespace ServiceDesk.Operator.Pipeline;

/// <summary>Looks at the pipeline once for everybody, every second, and remembers the last hour. Where a look takes
/// long, as while a transaction is held open, it rests ten times as long: what is in trouble must not be looked to
/// death. A look that fails rests no longer than others, so that the end of an outage is seen at once.</summary>
internal sealed partial class PipelineMonitor(
    NpgsqlDataSource database, PauseStore pauses, GroupMonitor group, Letters.LetterIndexer letters,
    Schema health, TimeProvider time, ILogger<PipelineMonitor> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(10);

    /// <summary>Rates are over this time, so that they can be read.</summary>
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(5);

    private const int Samples = 360;

    private readonly Queue<PipelineSample> _history = new();
    private readonly Queue<Counters> _counters = new();
    private long _lastSample;

    /// <summary>Null until the first look.</summary>
    public PipelineView? View { get; private set; }

    /// <summary>After each look.</summary>
    public event Action? Changed;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var rest = Interval;
            try
            {
                var started = time.GetTimestamp();
                View = await LookAsync(stoppingToken);
                var taken = time.GetElapsedTime(started);
                rest = taken * 10 > Interval ? taken * 10 : Interval - taken;
            }
            catch (Exception away) when (DatabaseFailure.IsOutage(away) || away is PostgresException)
            {
                _counters.Clear();
                var problem = await health.ProblemAsync(stoppingToken) ?? away.Message;
                View = new(
                    null, [new("error", problem, "Nothing is accepted, published or processed without Postgres.")], [],
                    [.. _history]);
            }
            catch (Exception bug) when (bug is not OperationCanceledException)
            {
                LogFailed(bug);
            }

            Changed?.Invoke();
            await Task.Delay(rest, time, stoppingToken);
        }
    }

    private async Task<PipelineView> LookAsync(CancellationToken cancellation)
    {
        var instances = await InstancesAsync(cancellation);
        var paused = await pauses.AllAsync(cancellation);
        var (figures, error) = (await database.ReadAsync(
            PipelineSql.Look, row => Read(row, instances), cancellation, Number(PipelineSql.Counted),
            new NpgsqlParameter<bool> { TypedValue = Of("all").Length > 0 }, Texts(Of("event_type")),
            Ids([.. Of("ticket").Select(Guid.Parse)])))[0];
        if (time.GetElapsedTime(_lastSample) >= SampleInterval || _history.Count == 0)
        {
            _lastSample = time.GetTimestamp();
            _history.Enqueue(new(
                figures.At, figures.AcceptedPerSecond, figures.SentPerSecond, figures.ProcessedPerSecond,
                figures.Unsent, figures.LagSeconds, figures.ConsumerLag ?? 0));
            while (_history.Count > Samples)
            {
                _history.Dequeue();
            }
        }

        var problems = PipelineProblems.Find(figures, error, paused, group.Problem, letters.Problem);
        return new(figures, problems, paused, [.. _history]);

        string[] Of(string scope) =>
            [.. paused.Where(p => p.Stage == "publishing" && p.Scope == scope).Select(p => p.Value)];
    }

    public Task<List<Instance>> InstancesAsync(CancellationToken cancellation) => database.ReadAsync(
        PipelineSql.Instances,
        row => new Instance(
            row.Get<Guid>("id"), row.Get<string>("service")!, row.Get<string>("host")!, row.Get<int>("process_id"),
            row.Get<string>("version")!, row.Get<string>("holds")!, row.When("started_at")!.Value,
            row.When("seen_at")!.Value, row.Get<bool>("is_alive")),
        cancellation);

    public async Task<WorkersView> WorkersAsync(
        CommandLine.DiagSettings kafka, CancellationToken cancellation)
    {
        var claims = await database.ReadAsync(
            PipelineSql.Claims,
            row => new ClaimHolder(
                row.Get<string>("relay")!, row.Get<long>("events"), row.Get<long>("batches"), row.When("since")!.Value),
            cancellation);
        return new(
            await InstancesAsync(cancellation), claims, kafka.Group, kafka.Topic, group.Partitions, group.Problem);
    }

    private (PipelineFigures, string? OldestError) Read(NpgsqlDataReader row, List<Instance> instances)
    {
        var now = new Counters(
            time.GetTimestamp(), row.Get<long>("accepted"), row.Get<long>("sent"), row.Get<long>("processed"));
        _counters.Enqueue(now);
        while (_counters.Count > 2 && time.GetElapsedTime(_counters.Peek().At) > RateWindow)
        {
            _counters.Dequeue();
        }

        var then = _counters.Peek();
        var seconds = time.GetElapsedTime(then.At, now.At).TotalSeconds;
        var figures = new PipelineFigures(
            time.GetUtcNow(), row.Get<long>("unsent"), row.Get<long>("in_flight"), row.Get<long>("paused"),
            row.Get<long>("behind"), row.Get<long>("failed"), row.Get<long>("letters"),
            row.Get<long>("failed_effects"), row.Get<long>("retrying"), row.Get<long>("held"),
            Math.Max(0, row.Get<double>("lag")), group.Lag, Rate(now.Accepted - then.Accepted),
            Rate(now.Sent - then.Sent), Rate(now.Processed - then.Processed),
            instances.Count(i => i.IsAlive && i.Service == "outbox-relay"),
            instances.Count(i => i.IsAlive && i.Service == "notifier"));
        return (figures, row.Get<string>("oldest_error"));

        // Counts begin anew after a crash of the server.
        double Rate(long more) => seconds > 0 ? Math.Max(0, more / seconds) : 0;
    }

    [LoggerMessage(LogLevel.Error, "The pipeline could not be looked at, trying again")]
    private partial void LogFailed(Exception bug);

    private readonly record struct Counters(long At, long Accepted, long Sent, long Processed);
}
