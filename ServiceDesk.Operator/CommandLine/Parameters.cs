using System.CommandLine;
using System.CommandLine.Parsing;
using ServiceDesk.Settings;

namespace ServiceDesk.Operator.CommandLine;

/// <summary>Arguments and options that several commands take.</summary>
internal static class Parameters
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    public static Argument<Guid[]> Ids(string name, string description, ArgumentArity arity) => new(name)
    {
        Description = description,
        Arity = arity,
        CustomParser = result => [.. result.Tokens.Select(token => Id(result, token.Value))],
    };

    public static Option<string?> Topic() => new("--topic") { Description = "Another topic than KAFKA_TOPIC" };

    public static Option<TimeSpan> Timeout() => new("--timeout")
    {
        Description = "How long to wait: 500ms, 10s, 2m",
        DefaultValueFactory = _ => TimeSpan.FromSeconds(10),
        CustomParser = result => Wait(result, result.Tokens[0].Value),
    };

    public static Option<int> Count(string name, string description, int fallback)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => fallback };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, out var count) && count > 0))
            {
                result.AddError($"{name} {token.Value}: expected a whole number above 0");
            }
        });
        return option;
    }

    private static Guid Id(ArgumentResult result, string text)
    {
        if (!Guid.TryParse(text, out var id))
        {
            result.AddError($"{text}: expected an id (UUID)");
        }

        return id;
    }

    private static TimeSpan Wait(ArgumentResult result, string text)
    {
        try
        {
            // A bare number means seconds.
            var wait = Duration.Parse(text.All(char.IsAsciiDigit) ? $"{text}s" : text);
            if (wait > TimeSpan.Zero && wait <= LongestWait)
            {
                return wait;
            }
        }
        catch (FormatException)
        {
            // Reported below.
        }

        result.AddError($"--timeout {text}: expected a time such as 500ms, 10s or 2m, at most a day");
        return default;
    }
}
