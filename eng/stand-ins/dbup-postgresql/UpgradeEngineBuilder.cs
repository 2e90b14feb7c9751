using DbUp.Engine;
using DbUp.Engine.Output;
using DbUp.Postgresql;

namespace DbUp.Builder;

/// <summary>Collects what the extension methods set.</summary>
public sealed class UpgradeEngineBuilder
{
    internal UpgradeEngineBuilder(string connectionString) => ConnectionString = connectionString;

    internal string ConnectionString { get; }

    internal List<SqlScript> Scripts { get; } = [];

    internal Journal Journal { get; set; } = new(Schema: null, "schemaversions");

    internal IUpgradeLog? Log { get; set; }

    internal bool TransactionPerScript { get; set; }

    internal bool VariablesEnabled { get; set; } = true;

    internal int? ExecutionTimeoutSeconds { get; set; }

    public UpgradeEngine Build()
    {
        if (!TransactionPerScript)
        {
            throw new NotSupportedException(
                "The stand-in for DbUp has one transaction mode: call WithTransactionPerScript().");
        }

        // With variables on, the package replaces $name$, also where that is a PostgreSQL dollar quote.
        if (VariablesEnabled)
        {
            throw new NotSupportedException(
                "The stand-in for DbUp has no script variables: call WithVariablesDisabled().");
        }

        return new UpgradeEngine(this);
    }
}
