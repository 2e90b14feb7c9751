namespace DbUp.Engine;

/// <summary>A named script.</summary>
public sealed class SqlScript(string name, string contents)
{
    public string Name { get; } = name;

    public string Contents { get; } = contents;
}
