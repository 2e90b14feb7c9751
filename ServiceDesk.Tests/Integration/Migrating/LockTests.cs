using System.Diagnostics;
using Npgsql;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Migrating;

/// <summary>A script that waits for a lock makes everything wait that comes after it: so it waits for a short time
/// only.</summary>
public sealed class LockTests(ServersFixture fixture) : IClassFixture<ServersFixture>, IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _scripts = new();
    private ServiceDeskSystem _system = null!;

    public async Task InitializeAsync()
    {
        _system = await ServiceDeskSystem.CreateAsync(fixture.Servers);
        _scripts.Write("0100_site.sql", "ALTER TABLE tickets ADD COLUMN site int;");
        _system.Settings["Migrator__ScriptsFolder"] = _scripts.FullName;
    }

    public async Task DisposeAsync() => await _system.DisposeAsync();

    public void Dispose() => _scripts.Dispose();

    [Fact]
    public async Task It_does_not_hold_up_requests_says_who_holds_it_and_goes_on_when_it_is_free()
    {
        await using var forgotten = await ForgottenSessionAsync();
        var holder = $"session {forgotten.ProcessID} (";
        await using var migrator = ChildProcess.StartProgram("ServiceDesk.Migrator", [], _system.Settings);
        var waiting = await migrator.Output.LineAsync("who holds the lock",
            line => line.Contains(holder, StringComparison.Ordinal));
        Assert.Contains("0100_site.sql", waiting, StringComparison.Ordinal);
        Assert.Contains("a forgotten session", waiting, StringComparison.Ordinal);

        var api = new TicketClient((await _system.StartTicketApiAsync()).Http);
        var slowest = TimeSpan.Zero;
        for (var request = 0; request < 20; request++)
        {
            var started = Stopwatch.GetTimestamp();
            await api.CreateAsync();
            slowest = Max(slowest, Stopwatch.GetElapsedTime(started));
        }

        Assert.InRange(slowest, TimeSpan.Zero, TimeSpan.FromSeconds(3));
        Assert.False(migrator.Exited.IsCompleted);

        await forgotten.CloseAsync();
        Assert.Equal(0, await migrator.ExitCodeAsync());
        Assert.Equal(1, await _system.Database.ScalarAsync<long>(
            "SELECT count(*) FROM schemaversions WHERE scriptname = 'site/0100_site.sql'"));
    }

    [Fact]
    public async Task One_that_never_gets_free_ends_the_migration_with_who_holds_it()
    {
        await using var forgotten = await ForgottenSessionAsync();

        var run = await _system.MigrateAsync(("Migrator__LockAttempts", "2"), ("Migrator__LockTimeout", "00:00:00.5"));

        Assert.Equal(1, run.ExitCode);
        var told = Assert.Single(run.Output.Errors);
        Assert.Contains($"session {forgotten.ProcessID} (", told, StringComparison.Ordinal);
        Assert.Contains("pg_terminate_backend", told, StringComparison.Ordinal);
    }

    /// <summary>Somebody who has looked at a ticket in a transaction, and went for lunch.</summary>
    private async Task<NpgsqlConnection> ForgottenSessionAsync()
    {
        var text = new NpgsqlConnectionStringBuilder(_system.Database.Source.ConnectionString)
        {
            Pooling = false,
            ApplicationName = "a forgotten session",
        };
        var connection = new NpgsqlConnection(text.ConnectionString);
        await connection.OpenAsync();
        await using var look = new NpgsqlCommand("BEGIN; SELECT FROM tickets LIMIT 1", connection);
        await look.ExecuteNonQueryAsync();
        return connection;
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
