namespace Chart;

/// <summary>A document as a template writes it.</summary>
internal abstract record Node;

/// <param name="Yaml">A scalar as it is written, perhaps an action of the template.</param>
internal sealed record Text(string Yaml) : Node;

/// <param name="Expression">An action without braces whose value is written below the key.</param>
internal sealed record Block(string Expression) : Node;

internal sealed record Map(List<Entry> Entries) : Node;

internal sealed record Sequence(List<Entry> Items) : Node;

/// <param name="Key">The key; empty in a sequence.</param>
/// <param name="Value">What it holds.</param>
/// <param name="When">The action that decides whether it is there, such as <c>with $.Values.x</c>, or null.</param>
internal sealed record Entry(string Key, Node Value, string? When = null);
