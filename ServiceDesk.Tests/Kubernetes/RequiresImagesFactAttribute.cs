using LocalPostgres;

namespace ServiceDesk.Tests.Kubernetes;

/// <summary>A test that is skipped, with a message, where no container runtime answers, or none has our
/// images.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresImagesFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Why = new(Missing);

    public RequiresImagesFactAttribute() => Skip = Why.Value;

    private static string? Missing()
    {
        if (ImageRun.Runtime is not { } runtime)
        {
            return "no container runtime answers";
        }

        var image = ImageRun.NameOf("ticket-api");
        return CommandRun.Of([runtime, "image", "inspect", image], TimeSpan.FromSeconds(30)).Succeeded
            ? null
            : $"{runtime} has no {image}: run make images";
    }
}
