namespace ServiceDesk.Tests.Faults;

/// <summary>As <see cref="LocalBrokerFactAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LocalBrokerTheoryAttribute : TheoryAttribute
{
    public LocalBrokerTheoryAttribute() => Skip = LocalBrokerFactAttribute.Reason;
}
