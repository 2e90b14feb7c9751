using Npgsql;
using ServiceDesk.Clients.Postgres;

namespace ServiceDesk.Migrator;

/// <summary>The database to migrate: waited for, created where it is missing, and refused where it cannot hold the
/// data.</summary>
internal static class TargetDatabase
{
    /// <summary>Databases that every server has, to create another one from.</summary>
    private static readonly string[] Maintenance = ["postgres", "template1"];

    private const string TemplateIsUtf8 =
        "SELECT pg_encoding_to_char(encoding) = 'UTF8' FROM pg_database WHERE datname = 'template1'";

    /// <summary>Returns once the database answers. Looks at it first: an administrator may have closed all others to
    /// us.</summary>
    /// <exception cref="MigrationException">It does not answer in time, or is missing and cannot be
    /// created.</exception>
    public static Task EnsureAsync(NpgsqlDataSource database, MigrationPlan plan, CancellationToken cancellation) =>
        Startup.WaitAsync("Postgres", plan.Settings.StartTimeout, CanPass, async () =>
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(cancellation);
            }
            catch (PostgresException missing) when (missing.SqlState == PostgresErrorCodes.InvalidCatalogName)
            {
                await CreateAsync(plan, cancellation);
                await using var connection = await database.OpenConnectionAsync(cancellation);
            }
        }, cancellation);

    /// <exception cref="MigrationException">The database stores bytes, or another encoding than UTF8.</exception>
    public static async Task RequireUtf8Async(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var query = new NpgsqlCommand("SHOW server_encoding", connection);
        if (await query.ExecuteScalarAsync(cancellation) is string encoding and not "UTF8")
        {
            throw new MigrationException(
                $"database {connection.Database} has the encoding {encoding}, which cannot hold every title and " +
                "event; it must be UTF8. Create another one with CREATE DATABASE name ENCODING 'UTF8' TEMPLATE " +
                "template0, and move the data into it");
        }
    }

    /// <summary>A setting that the server refuses at the start of a session is refused for ever; roles and passwords
    /// may come.</summary>
    private static bool CanPass(Exception failure) => DatabaseFailure.IsOutage(failure)
        && failure is not PostgresException { SqlState: PostgresErrorCodes.InvalidParameterValue };

    private static async Task CreateAsync(MigrationPlan plan, CancellationToken cancellation)
    {
        var name = plan.Database.Database!;
        // A name cannot be a parameter; quoting it as an identifier is what the server's quote_ident does.
        var statement = $"CREATE DATABASE \"{name.Replace("\"", "\"\"")}\"";
        try
        {
            await using var server = await OpenMaintenanceAsync(plan, cancellation);
            await CreateAsync(server, statement, cancellation);
            Report.Progress($"database {name} created");
        }
        catch (PostgresException raced) when (
            raced.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            Report.Progress($"database {name} was created by somebody else");
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new MigrationException(
                $"database {name} does not exist and {plan.Database.Username} may not create it: " +
                $"{refused.MessageText}. An administrator must run: {statement} ENCODING 'UTF8' TEMPLATE template0 " +
                $"OWNER \"{plan.Database.Username}\"", refused);
        }
    }

    /// <summary>As the site's template1 has it, if that is UTF8. A locale of template0 that forbids UTF8 is replaced by
    /// C, which fits every encoding.</summary>
    private static async Task CreateAsync(NpgsqlConnection server, string statement, CancellationToken cancellation)
    {
        await using var look = new NpgsqlCommand(TemplateIsUtf8, server);
        if (await look.ExecuteScalarAsync(cancellation) is not false)
        {
            await ExecuteAsync(server, statement, cancellation);
            return;
        }

        try
        {
            await ExecuteAsync(server, $"{statement} ENCODING 'UTF8' TEMPLATE template0", cancellation);
        }
        catch (PostgresException mismatch) when (mismatch.SqlState == PostgresErrorCodes.InvalidParameterValue)
        {
            await ExecuteAsync(server, $"{statement} ENCODING 'UTF8' TEMPLATE template0 LOCALE 'C'", cancellation);
        }
    }

    private static async Task<NpgsqlConnection> OpenMaintenanceAsync(MigrationPlan plan, CancellationToken cancellation)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                // Its own data source, gone with this connection: nothing is pooled here.
                return await plan.OpenSource(Maintenance[i]).OpenConnectionAsync(cancellation);
            }
            catch (PostgresException closed) when (i + 1 < Maintenance.Length
                && closed.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.InvalidCatalogName)
            {
                Report.Progress(
                    $"database {Maintenance[i]} is closed to us, trying {Maintenance[i + 1]}: {closed.MessageText}");
            }
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection server, string statement, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(statement, server) { CommandTimeout = 60 };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
