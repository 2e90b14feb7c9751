using ServiceDesk.Tests.Faults.Breaking;

namespace ServiceDesk.Tests.Faults.Chaos;

/// <summary>Chooses the next fault: all of them in random order, then again in another. Every third comes with a
/// companion that strikes elsewhere.</summary>
internal sealed class FaultSchedule(IReadOnlyList<IFault> faults, Random random)
{
    private readonly Queue<IFault> _deck = new();

    public IReadOnlyList<IFault> Next()
    {
        if (_deck.Count == 0)
        {
            var shuffled = faults.ToArray();
            random.Shuffle(shuffled);
            Array.ForEach(shuffled, _deck.Enqueue);
        }

        var first = _deck.Dequeue();
        var others = faults.Where(fault => (fault.Targets & first.Targets) == 0).ToList();
        return random.Next(3) > 0 || others.Count == 0 ? [first] : [first, others[random.Next(others.Count)]];
    }
}
