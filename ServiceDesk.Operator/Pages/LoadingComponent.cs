using Microsoft.AspNetCore.Components;

namespace ServiceDesk.Operator.Pages;

/// <summary>A page that reads something first: it is loading, it failed, or it has what it shows.</summary>
public abstract partial class LoadingComponent : ComponentBase, IDisposable
{
    private CancellationTokenSource _load = new();

    [Inject]
    private ILogger<LoadingComponent> Logger { get; set; } = null!;

    protected bool IsLoading { get; private set; }

    protected Exception? Failure { get; private set; }

    /// <summary>Of the message about <see cref="Failure"/>.</summary>
    protected string TroubleId { get; } = $"trouble-{Guid.NewGuid():N}";

    protected CancellationToken Gone => _load.Token;

    /// <summary>Reads what the page shows.</summary>
    protected abstract Task LoadAsync(CancellationToken cancellation);

    protected override Task OnParametersSetAsync() => ReloadAsync();

    protected async Task ReloadAsync()
    {
        // The address may change while something is read for the last one.
        await _load.CancelAsync();
        _load.Dispose();
        _load = new CancellationTokenSource();
        var current = _load.Token;
        IsLoading = true;
        await TryAsync(() => LoadAsync(current));
        if (!current.IsCancellationRequested)
        {
            IsLoading = false;
        }
    }

    /// <summary>Does something whose failure the page can show.</summary>
    /// <returns>Whether it succeeded.</returns>
    protected async Task<bool> TryAsync(Func<Task> work)
    {
        var current = _load.Token;
        try
        {
            Failure = null;
            await work();
            return true;
        }
        catch (OperationCanceledException) when (current.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception failure)
        {
            if (Api.ApiProblems.Explain(failure) is null)
            {
                LogFailed(Logger, failure);
            }

            Failure = failure;
            return false;
        }
    }

    /// <summary>What ties a field to the message, if it is about this field.</summary>
    protected IReadOnlyDictionary<string, object>? Fault(string field) =>
        Failure is Api.ApiException { Field: { } about } && about == field
            ? new Dictionary<string, object> { ["aria-invalid"] = "true", ["aria-describedby"] = TroubleId }
            : null;

    public virtual void Dispose()
    {
        _load.Cancel();
        _load.Dispose();
        GC.SuppressFinalize(this);
    }

    [LoggerMessage(LogLevel.Error, "A page failed")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
