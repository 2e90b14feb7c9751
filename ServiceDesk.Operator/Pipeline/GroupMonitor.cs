using Confluent.Kafka;
using ServiceDesk.Operator.CommandLine;
using ServiceDesk.Operator.Kafka;

namespace ServiceDesk.Operator.Pipeline;

/// <summary>How far the consumer group is, asked every few seconds for all who look.</summary>
internal sealed partial class GroupMonitor(DiagSettings kafka, TimeProvider time, ILogger<GroupMonitor> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    public IReadOnlyList<GroupPartition>? Partitions { get; private set; }

    /// <summary>Why it is not known now, or null.</summary>
    public string? Problem { get; private set; }

    public long? Lag => Partitions?.Sum(p => p.Lag);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                // The client blocks.
                Partitions = await Task.Run(Look, stoppingToken);
                Problem = null;
            }
            catch (Exception away) when (away is KafkaException or DiagException)
            {
                (Partitions, Problem) = (null, away.Message);
            }
            catch (Exception bug) when (bug is not OperationCanceledException)
            {
                (Partitions, Problem) = (null, bug.Message);
                LogFailed(bug);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private List<GroupPartition> Look()
    {
        using var broker = new Broker(kafka);
        return [.. PartitionLag.Read(broker, kafka.Group, kafka.Topic)
            .Select(p => new GroupPartition(p.Partition, p.Committed, p.Begin, p.End, p.Lag))];
    }

    [LoggerMessage(LogLevel.Error, "The consumer group could not be looked at, trying again")]
    private partial void LogFailed(Exception bug);
}
