namespace ServiceDesk.OutboxRelay.Outbox;

/// <summary>
/// The id from which claims read the queue: nothing below it is unsent. A claim that read from the beginning would pass
/// over the index entries of everything that was sent since the oldest open transaction began, as Postgres keeps those
/// for it.
/// <para>An id may be committed long after higher ones, and its event must still come first in its ticket (P3). So the
/// floor passes an id only when no transaction is left that could commit a lower one: who inserts into the outbox holds
/// a lock on it from before it draws an id until after its commit is visible. When all who held that lock after a claim
/// are gone, later claims see every id that this claim could have seen.</para>
/// <para>Replayed events, and ids from a sequence that was set back, turn up below it; <see cref="Lower"/> is for
/// those.</para>
/// </summary>
internal sealed class ClaimFloor
{
    /// <summary>Ids between the floor and the newest id a claim has read, above which raising the floor pays.</summary>
    private const long Worthwhile = 500;

    private readonly Lock _gate = new();
    private long _floor;
    private long? _highest;
    private long _complete;
    private long _candidate;
    private HashSet<string>? _writers;

    /// <summary>The lowest id that may be unsent.</summary>
    public long Value
    {
        get
        {
            lock (_gate)
            {
                return _floor;
            }
        }
    }

    /// <summary>No event above this id was in flight when this relay last read the queue, except by other relays' later
    /// claims.</summary>
    public long Top
    {
        get
        {
            lock (_gate)
            {
                return _highest ?? long.MaxValue;
            }
        }
    }

    /// <summary>Whether the next claim should say who writes.</summary>
    public bool WantsWriters
    {
        get
        {
            lock (_gate)
            {
                return _highest is null || _highest - _floor > Worthwhile;
            }
        }
    }

    /// <summary>Takes what a claim has read.</summary>
    /// <param name="lowest">The lowest unsent id; null when there is none.</param>
    /// <param name="highest">The highest unsent id it read; null when there is none.</param>
    /// <param name="writers">Who held a writer's lock on the outbox after the claim's snapshot; null when not
    /// asked.</param>
    public void Read(long? lowest, long? highest, IReadOnlyCollection<string>? writers)
    {
        lock (_gate)
        {
            _highest = Math.Max(highest ?? 0, _highest ?? 0);
            // Complete as of an earlier claim, so this one's snapshot has every id up to there.
            _floor = Math.Max(_floor, Math.Min(lowest ?? long.MaxValue, _complete + 1));
            if (writers is not null && (_writers is null || !_writers.Overlaps(writers)))
            {
                _complete = Math.Max(_complete, _candidate);
                _candidate = _highest.Value;
                _writers = [.. writers];
            }
        }
    }

    /// <summary>An unsent event was found below the floor.</summary>
    public void Lower(long id)
    {
        lock (_gate)
        {
            _floor = Math.Min(_floor, id);
        }
    }
}
