using System.Data;
using ServiceDesk.Tests.Faults.Chaos;

namespace ServiceDesk.Tests.Faults.Breaking;

/// <summary>A session holds a transaction open, as a dump or a forgotten console does, so vacuum cannot clean up what
/// is claimed and settled meanwhile.</summary>
internal sealed class HeldTransactionFault : IFault
{
    public string Name => "held transaction";

    public FaultTargets Targets => FaultTargets.Database;

    public async Task<string> StrikeAsync(ChaosSystem system, Random random)
    {
        var held = TimeSpan.FromSeconds(5 + (random.NextDouble() * 10));
        await using var session = await system.Database.Source.OpenConnectionAsync();
        await using var transaction = await session.BeginTransactionAsync(IsolationLevel.RepeatableRead);
        await using var snapshot = session.CreateCommand();
        snapshot.CommandText = "SELECT count(*) FROM outbox";
        await snapshot.ExecuteScalarAsync();
        await Task.Delay(held);
        return $"open for {held.TotalSeconds:0.0} s";
    }
}
