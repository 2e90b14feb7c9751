using ServiceDesk.Tests.Kubernetes;

namespace ServiceDesk.Tests.Observability;

/// <summary>A test that takes minutes, as it waits for alerts to come and to go: `make alerts` runs it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AlertDrillFactAttribute : FactAttribute
{
    public AlertDrillFactAttribute() => Skip = Environment.GetEnvironmentVariable("ALERT_DRILLS") == "1"
        ? ProgramsOnPath.Missing("prometheus")
        : "takes minutes; `make alerts` runs it";
}
