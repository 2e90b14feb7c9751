namespace ServiceDesk.Tests.Faults.Checking;

/// <summary>Finds every violation of an invariant in the evidence. It reads only data, so it can be tested.</summary>
internal static class InvariantChecker
{
    public static IReadOnlyList<Violation> Check(Evidence evidence)
    {
        var events = evidence.Outbox.DistinctBy(row => row.EventId).ToDictionary(row => row.EventId);
        return
        [
            .. ChangeRules.Check(evidence),
            .. TopicRules.Check(evidence, events),
            .. EffectRules.Check(evidence, events),
            .. HoldRules.Check(evidence, events),
            .. EndRules.Check(evidence),
        ];
    }
}
