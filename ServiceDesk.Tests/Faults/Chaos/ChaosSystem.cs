using System.Collections.Concurrent;
using ServiceDesk.Tests.Faults.Checking;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults.Chaos;

/// <summary>All that a fault can take hold of.</summary>
/// <param name="Fleet">The processes.</param>
/// <param name="Database">Their database.</param>
/// <param name="Events">Their topic.</param>
/// <param name="Recorder">Reads it.</param>
internal sealed record ChaosSystem(Fleet Fleet, TestDatabase Database, TestTopic Events, TopicRecorder Recorder)
{
    /// <summary>The poison that is in the topic.</summary>
    public ConcurrentQueue<Poison> Planted { get; } = new();

    /// <inheritdoc cref="Evidence.ReadLate"/>
    public ConcurrentBag<Guid> ReadLate { get; } = [];
}
