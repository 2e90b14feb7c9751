using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text;
using DbUp.Builder;
using DbUp.Engine;
using DbUp.Engine.Output;

/// <summary>Outside any namespace, as in the package, so that it needs no using directive.</summary>
[SuppressMessage("Design", "CA1050:Declare types in namespaces", Justification = "The package has it there.")]
public static class StandardExtensions
{
    public static UpgradeEngineBuilder LogTo(this UpgradeEngineBuilder builder, IUpgradeLog log)
    {
        builder.Log = log;
        return builder;
    }

    public static UpgradeEngineBuilder WithScripts(this UpgradeEngineBuilder builder, IEnumerable<SqlScript> scripts)
    {
        builder.Scripts.AddRange(scripts);
        return builder;
    }

    public static UpgradeEngineBuilder WithScript(this UpgradeEngineBuilder builder, SqlScript script)
        => builder.WithScripts([script]);

    public static UpgradeEngineBuilder WithScriptsEmbeddedInAssembly(
        this UpgradeEngineBuilder builder, Assembly assembly, Func<string, bool> filter)
        => builder.WithScripts(assembly.GetManifestResourceNames().Where(filter).Select(name => Read(assembly, name)));

    public static UpgradeEngineBuilder WithScriptsEmbeddedInAssembly(
        this UpgradeEngineBuilder builder, Assembly assembly)
        => builder.WithScriptsEmbeddedInAssembly(
            assembly, name => name.EndsWith(".sql", StringComparison.OrdinalIgnoreCase));

    public static UpgradeEngineBuilder WithTransactionPerScript(this UpgradeEngineBuilder builder)
    {
        builder.TransactionPerScript = true;
        return builder;
    }

    public static UpgradeEngineBuilder WithVariablesDisabled(this UpgradeEngineBuilder builder)
    {
        builder.VariablesEnabled = false;
        return builder;
    }

    public static UpgradeEngineBuilder WithExecutionTimeout(this UpgradeEngineBuilder builder, TimeSpan? timeout)
    {
        builder.ExecutionTimeoutSeconds = timeout is { } value ? checked((int)value.TotalSeconds) : null;
        return builder;
    }

    private static SqlScript Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
        return new SqlScript(name, reader.ReadToEnd());
    }
}
