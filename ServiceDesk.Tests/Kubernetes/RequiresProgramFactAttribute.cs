namespace ServiceDesk.Tests.Kubernetes;

/// <summary>A test that is skipped, with a message, where a program is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresProgramFactAttribute : FactAttribute
{
    public RequiresProgramFactAttribute(params string[] programs) => Skip = ProgramsOnPath.Missing(programs);
}
