using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Starting;

public sealed class SchemaGateTests(ServersFixture fixture) : IClassFixture<ServersFixture>
{
    [Fact]
    public async Task Whoever_keeps_its_thread_after_the_gate_does_not_hold_up_the_others()
    {
        await using var database = await fixture.Servers.CreateDatabaseAsync();
        var host = new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance);
        var gate = new SchemaGate(
            new Schema(database.Source), host, TimeProvider.System, NullLogger<SchemaGate>.Instance);
        using var end = new ManualResetEventSlim();

        var keeping = KeepThreadAsync(gate, end);
        await gate.WaitAsync(CancellationToken.None).WaitAsync(Eventually.Limit);

        end.Set();
        await keeping;
    }

    /// <summary>As a consume loop does that finds nothing to await.</summary>
    private static async Task KeepThreadAsync(SchemaGate gate, ManualResetEventSlim end)
    {
        await gate.WaitAsync(CancellationToken.None);
        end.Wait(2 * Eventually.Limit);
    }
}
