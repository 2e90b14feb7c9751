using System.Reflection;
using Npgsql;
using NpgsqlTypes;
using ServiceDesk.Clients.Postgres;

namespace ServiceDesk.Migrator;

/// <summary>Gives the services' roles what they lack, at every run: roles, schemas and rights change behind the
/// journal's back. Then it takes each role and does what its service does, so that success here means that the services
/// can work.</summary>
internal static class RightsStep
{
    /// <summary>Roles belong to the whole server: another database's migration may be giving the same right at this
    /// moment.</summary>
    private const int Rounds = 3;

    private static readonly string FindMissing = Read("Rights.sql");

    /// <param name="connection">A session of the migrating user.</param>
    /// <param name="role">The role that every service acts as, "none", or null for a role for each.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="MigrationException">A service could not work; the message has the statements that
    /// help.</exception>
    public static async Task RunAsync(NpgsqlConnection connection, string? role, CancellationToken cancellation)
    {
        if (role == DatabaseSettings.NoRole)
        {
            Report.Progress("Database:Role is none: the services have all rights of whoever they log in as");
            return;
        }

        await GiveAsync(connection, role, cancellation);
        foreach (var (service, work) in ServiceWork.All)
        {
            var acting = role ?? service;
            try
            {
                await ProveAsync(connection, acting, work, cancellation);
            }
            catch (MigrationException lacking) when (acting == ServiceWork.Optional)
            {
                Report.Warning(
                    $"the operator's console will not work: {lacking.Message}. An administrator may run: " +
                    string.Join("; ", (await MissingAsync(connection, role, cancellation))
                        .Where(m => m.Role == acting).Select(m => m.Statement)));
            }
        }
    }

    private static async Task GiveAsync(NpgsqlConnection connection, string? role, CancellationToken cancellation)
    {
        string? refusal = null;
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (_, statement, _) in await MissingAsync(connection, role, cancellation))
            {
                refusal = await TryAsync(connection, statement, cancellation) ?? refusal;
            }
        }

        var missing = (await MissingAsync(connection, role, cancellation)).FindAll(m => m.Required);
        if (missing.Count > 0)
        {
            throw new MigrationException(
                $"the services lack rights that {connection.UserName} cannot give ({refusal}). An administrator must " +
                $"run: {string.Join("; ", missing.Select(m => m.Statement))}; then run this again. Or set " +
                "Database__Role=none for all programs");
        }
    }

    /// <returns>Why it was refused, or null.</returns>
    private static async Task<string?> TryAsync(
        NpgsqlConnection connection, string statement, CancellationToken cancellation)
    {
        try
        {
            await using var give = new NpgsqlCommand(statement, connection);
            await give.ExecuteNonQueryAsync(cancellation);
            Report.Progress($"rights: {statement}");
            return null;
        }
        catch (PostgresException refused)
        {
            return refused.MessageText;
        }
    }

    private static async Task<List<(string Role, string Statement, bool Required)>> MissingAsync(
        NpgsqlConnection connection, string? role, CancellationToken cancellation)
    {
        await using var find = new NpgsqlCommand(FindMissing, connection);
        find.Parameters.Add(new() { Value = (object?)role ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await using var row = await find.ExecuteReaderAsync(cancellation);
        List<(string, string, bool)> missing = [];
        while (await row.ReadAsync(cancellation))
        {
            missing.Add((row.GetString(0), row.GetString(1), row.GetBoolean(2)));
        }

        return missing;
    }

    private static async Task ProveAsync(
        NpgsqlConnection connection, string role, string work, CancellationToken cancellation)
    {
        // Rolled back when it is disposed.
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        try
        {
            await using var act = new NpgsqlCommand($"SET LOCAL ROLE {TargetSchema.Quote(role)};\n{work}", connection);
            await act.ExecuteNonQueryAsync(cancellation);
        }
        catch (PostgresException refused)
        {
            throw new MigrationException(
                $"the role {role} cannot do the work of its service: {refused.MessageText}", refused);
        }
    }

    private static string Read(string name)
    {
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream($"ServiceDesk.Migrator.{name}")!;
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd();
    }
}
