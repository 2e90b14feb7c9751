using Xunit.Sdk;

namespace ServiceDesk.Tests.Infrastructure;

/// <summary>What a process has printed so far, with a signal for lines to come.</summary>
internal sealed class ProcessOutput
{
    private readonly Lock _gate = new();
    private readonly List<string> _standard = [];
    private readonly List<string> _errors = [];
    private readonly List<(Predicate<string> Wanted, TaskCompletionSource<string> Found)> _waiting = [];
    private bool _ended;

    public IReadOnlyList<string> Standard => Copy(_standard);

    public IReadOnlyList<string> Errors => Copy(_errors);

    public void AddStandard(string? line) => Add(_standard, line);

    public void AddError(string? line) => Add(_errors, line);

    /// <summary>The first line, of those printed and those to come, that is wanted.</summary>
    /// <exception cref="XunitException">The process ended, or the time was up, before such a line.</exception>
    public async Task<string> LineAsync(string description, Predicate<string> wanted, TimeSpan? limit = null)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_standard.Concat(_errors).FirstOrDefault(line => wanted(line)) is { } printed)
            {
                return printed;
            }

            if (_ended)
            {
                throw new XunitException(
                    $"The process ended without printing {description}.{Environment.NewLine}{this}");
            }

            _waiting.Add((wanted, found));
        }

        try
        {
            return await found.Task.WaitAsync(limit ?? Eventually.Limit);
        }
        catch (Exception missing) when (missing is TimeoutException or TaskCanceledException)
        {
            throw new XunitException($"The process did not print {description}.{Environment.NewLine}{this}");
        }
    }

    /// <summary>No further line will come.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            _waiting.ForEach(w => w.Found.TrySetCanceled());
        }
    }

    /// <summary>Everything, in one piece.</summary>
    public string Text => string.Join(Environment.NewLine, Standard.Concat(Errors));

    /// <summary>The end of it, for a message.</summary>
    public override string ToString() => string.Join(Environment.NewLine, Standard.Concat(Errors).TakeLast(60));

    private void Add(List<string> lines, string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            lines.Add(line);
            _waiting.FindAll(w => w.Wanted(line)).ForEach(w => w.Found.TrySetResult(line));
        }
    }

    private IReadOnlyList<string> Copy(List<string> lines)
    {
        lock (_gate)
        {
            return [.. lines];
        }
    }
}
