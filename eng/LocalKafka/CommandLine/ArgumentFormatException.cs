namespace LocalKafka.CommandLine;

/// <summary>Names the argument, its value and the rule.</summary>
internal sealed class ArgumentFormatException(string argument, string? value, string rule)
    : Exception($"{argument} is '{value}': {rule}");
