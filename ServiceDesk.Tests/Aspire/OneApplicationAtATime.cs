namespace ServiceDesk.Tests.Aspire;

/// <summary>One application host at a time, and nothing else beside it: each starts a whole system.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OneApplicationAtATime
{
    public const string Name = "Aspire";
}
