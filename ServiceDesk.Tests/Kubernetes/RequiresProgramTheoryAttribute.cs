namespace ServiceDesk.Tests.Kubernetes;

/// <inheritdoc cref="RequiresProgramFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresProgramTheoryAttribute : TheoryAttribute
{
    public RequiresProgramTheoryAttribute(params string[] programs) => Skip = ProgramsOnPath.Missing(programs);
}
