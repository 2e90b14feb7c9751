using System.Collections.Concurrent;
using ServiceDesk.Tests.Faults.Checking;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults.Chaos;

/// <summary>All that a fault can take hold of.</summary>
/// <param name="Fleet">The processes.</param>
/// <param name="Database">Their database.</param>
/// <param name="Events">Their topic.</param>
/// <param name="Recorder">Reads it.</param>
/// <param name="Planted">The poison that is in the topic.</param>
internal sealed record ChaosSystem(
    Fleet Fleet, TestDatabase Database, TestTopic Events, TopicRecorder Recorder, ConcurrentQueue<Poison> Planted);
