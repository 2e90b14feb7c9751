namespace ServiceDesk.Tests.Faults.Checking;

/// <summary>What must hold whatever fails. The names are those of the breaches.</summary>
internal enum Invariant
{
    /// <summary>A change was acknowledged, and its event is not in the outbox.</summary>
    ChangeLost,

    /// <summary>One change has several events.</summary>
    ChangeDoubled,

    /// <summary>An event is in the outbox that nobody asked for, or that was refused.</summary>
    PhantomChange,

    /// <summary>The outbox numbers the events of a ticket in another order than that of its changes.</summary>
    ChangesOutOfOrder,

    /// <summary>An event counts as sent, and is not in the topic.</summary>
    EventLost,

    /// <summary>A message is in the topic that is neither an event of the outbox nor planted.</summary>
    PhantomEvent,

    /// <summary>An event of the outbox is in the topic in another form than its published schema says.</summary>
    EventMisshapen,

    /// <summary>The topic shows a later change of a ticket before an earlier one.</summary>
    EventsOutOfOrder,

    /// <summary>An event has no effect.</summary>
    EffectLost,

    /// <summary>An event has its effect more than once.</summary>
    EffectDoubled,

    /// <summary>An effect belongs to no event, or to a poisonous one.</summary>
    PhantomEffect,

    /// <summary>Effects of a ticket happened in another order than its changes.</summary>
    EffectsOutOfOrder,

    /// <summary>With OnFailure=hold, an event passed a failed one of its ticket.</summary>
    PassedFailed,

    /// <summary>An event is held, although nothing before it in its ticket failed.</summary>
    HeldForNothing,

    /// <summary>Something is still pending or in progress.</summary>
    Unfinished,

    /// <summary>Something was given up that is not poison.</summary>
    WronglyFailed,

    /// <summary>Poison left no dead letter, or does not count as failed.</summary>
    PoisonUnreported,

    /// <summary>The consumer group has not committed all it has seen.</summary>
    Lagging,

    /// <summary>After a fault was over, new tickets were not processed in time.</summary>
    NotRecovered,

    /// <summary>A process ended that nobody had stopped.</summary>
    ProcessDied,

    /// <summary>The record of the topic has a gap, so that nothing can be said about order or loss.</summary>
    EvidenceIncomplete,
}
