namespace Diag.CommandLine;

/// <summary>One verb: how it is written, what it does, which options it knows.</summary>
internal sealed record Command(string Verb, string Parameters, string Summary, Func<Invocation, Task<int>> RunAsync)
{
    /// <summary>How many words may stand after the verb.</summary>
    public int MaxWords { get; init; }

    public int MinWords { get; init; }

    /// <summary>Options that take a value.</summary>
    public string[] Values { get; init; } = [];

    /// <summary>Options that stand alone.</summary>
    public string[] Flags { get; init; } = [];
}
