using ServiceDesk.Tests.Faults.Checking;

namespace ServiceDesk.Tests.Faults;

/// <summary>Tests the fault tests' checker: every planted violation must be found and named.</summary>
public sealed class CheckerTests
{
    private static readonly Evidence Sound = SoundEvidence.Of(tickets: 3, changes: 3);

    [Fact]
    public void Nothing_is_found_where_nothing_is_wrong() => Finds(Sound);

    [Fact]
    public void Duplicates_in_the_topic_are_no_fault()
    {
        var repeated = Sound.Topic.Concat(Sound.Topic).GroupBy(m => m.Partition)
            .SelectMany(p => p.Select((message, offset) => message with { Offset = offset }));

        Finds(Sound with { Topic = [.. repeated] });
    }

    [Fact]
    public void Poison_that_is_dead_and_reported_is_no_fault() => Finds(SoundEvidence.WithPoison(Sound));

    [Fact]
    public void An_unknown_outcome_may_have_happened_or_not()
    {
        var unknown = Sound.Changes[^1] with { Outcome = Outcome.Unknown, Version = null };
        var never = new RequestedChange(Outcome.Unknown, unknown.TicketId, null, ["lost on the way"]);

        Finds(Sound with { Changes = [.. Sound.Changes.SkipLast(1), unknown, never] });
    }

    [Fact]
    public void A_lost_change_is_found() => Finds(SoundEvidence.WithoutLastEvent(Sound), Invariant.ChangeLost);

    [Fact]
    public void A_change_acknowledged_for_a_ticket_that_is_not_there_is_found()
    {
        var lost = new RequestedChange(Outcome.Acknowledged, Guid.NewGuid(), 1, ["request of the lost"]);

        Finds(Sound with { Changes = [.. Sound.Changes, lost] }, Invariant.ChangeLost);
    }

    [Fact]
    public void A_doubled_change_is_found()
    {
        var first = Sound.Changes[0] with
        {
            RequestIds = [.. Sound.Changes[0].RequestIds, .. Sound.Changes[1].RequestIds],
        };

        Finds(Sound with { Changes = [first, .. Sound.Changes.Skip(2)] }, Invariant.ChangeDoubled);
    }

    [Fact]
    public void A_change_that_nobody_asked_for_is_found() =>
        Finds(Sound with { Changes = [.. Sound.Changes.Skip(1)] }, Invariant.PhantomChange);

    [Fact]
    public void A_refused_change_that_happened_all_the_same_is_found() =>
        Finds(
            Sound with { Changes = [Sound.Changes[0] with { Outcome = Outcome.Refused }, .. Sound.Changes.Skip(1)] },
            Invariant.PhantomChange);

    [Fact]
    public void Changes_numbered_in_another_order_are_found()
    {
        var (first, second) = (Sound.Outbox[0], Sound.Outbox[1]);

        Finds(Sound with
        {
            Outbox = [first with { Id = second.Id }, second with { Id = first.Id }, .. Sound.Outbox.Skip(2)],
        }, Invariant.ChangesOutOfOrder);
    }

    [Fact]
    public void A_sent_event_that_is_not_in_the_topic_is_found() =>
        Finds(SoundEvidence.Renumbered(Sound with { Topic = [.. Sound.Topic.Skip(1)] }), Invariant.EventLost);

    [Fact]
    public void An_event_in_the_topic_that_the_outbox_does_not_know_is_found()
    {
        var phantom = new TopicMessage(Partition: 99, Offset: 0, Key: "any", Guid.NewGuid());

        Finds(Sound with { Topic = [.. Sound.Topic, phantom] }, Invariant.PhantomEvent);
    }

    [Fact]
    public void A_message_without_an_event_that_nobody_planted_is_found()
    {
        var phantom = new TopicMessage(Partition: 99, Offset: 0, Key: null, EventId: null);

        Finds(Sound with { Topic = [.. Sound.Topic, phantom] }, Invariant.PhantomEvent);
    }

    [Fact]
    public void An_event_that_does_not_fit_its_schema_is_found()
    {
        var misfit = Sound.Topic[0] with { Misfit = "/payload/version is missing" };

        Finds(Sound with { Topic = [misfit, .. Sound.Topic.Skip(1)] }, Invariant.EventMisshapen);
    }

    [Fact]
    public void Poison_that_fits_no_schema_is_no_fault()
    {
        var poisoned = SoundEvidence.WithPoison(Sound);

        Finds(poisoned with
        {
            Topic = [.. poisoned.Topic.Select(m => m.Partition == 2 ? m with { Misfit = "no event" } : m)],
        });
    }

    [Fact]
    public void An_inversion_in_the_topic_is_found()
    {
        var (first, second) = (Sound.Topic[0], Sound.Topic[1]);

        Finds(
            SoundEvidence.Renumbered(Sound with { Topic = [second, first, .. Sound.Topic.Skip(2)] }),
            Invariant.EventsOutOfOrder);
    }

    [Fact]
    public void An_inversion_that_a_duplicate_seems_to_mend_is_found()
    {
        var (first, second) = (Sound.Topic[0], Sound.Topic[1]);

        Finds(
            SoundEvidence.Renumbered(Sound with { Topic = [second, first, second, .. Sound.Topic.Skip(2)] }),
            Invariant.EventsOutOfOrder);
    }

    [Fact]
    public void A_ticket_in_two_partitions_is_found()
    {
        var moved = Sound.Topic[^1] with { Partition = 99, Offset = 0 };

        Finds(Sound with { Topic = [.. Sound.Topic.SkipLast(1), moved] }, Invariant.EventsOutOfOrder);
    }

    [Fact]
    public void A_lost_effect_is_found() =>
        Finds(Sound with { Effects = [.. Sound.Effects.Skip(1)] }, Invariant.EffectLost);

    [Fact]
    public void An_event_that_was_never_processed_is_found() =>
        Finds(
            Sound with { Effects = [.. Sound.Effects.Skip(1)], Processed = [.. Sound.Processed.Skip(1)] },
            Invariant.EffectLost);

    [Fact]
    public void A_doubled_effect_is_found() =>
        Finds(Sound with { Effects = [.. Sound.Effects, Sound.Effects[^1]] }, Invariant.EffectDoubled);

    [Fact]
    public void An_effect_of_nothing_is_found() =>
        Finds(
            Sound with { Effects = [.. Sound.Effects, new Effect(Guid.NewGuid(), Guid.NewGuid())] },
            Invariant.PhantomEffect);

    [Fact]
    public void An_effect_of_poison_is_found()
    {
        var poisoned = SoundEvidence.WithPoison(Sound);
        var effect = new Effect(poisoned.Planted.First(p => p.EventId is not null).EventId!.Value, Guid.NewGuid());

        Finds(poisoned with { Effects = [.. poisoned.Effects, effect] }, Invariant.PhantomEffect);
    }

    [Fact]
    public void Inverted_effects_are_found() =>
        Finds(
            Sound with { Effects = [Sound.Effects[1], Sound.Effects[0], .. Sound.Effects.Skip(2)] },
            Invariant.EffectsOutOfOrder);

    [Fact]
    public void An_inversion_in_a_part_of_the_topic_that_was_read_late_is_none() =>
        Assert.Empty(InvariantChecker.Check(Sound with
        {
            Effects = [Sound.Effects[1], Sound.Effects[0], .. Sound.Effects.Skip(2)],
            ReadLate = new HashSet<Guid> { Sound.Effects[0].TicketId },
        }));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_event_published_past_a_failed_one_is_found_where_that_holds_its_ticket(bool holds)
    {
        var failed = Sound.Outbox[0] with { Status = "failed" };
        var evidence = SoundEvidence.Renumbered(Sound with
        {
            Holds = holds,
            Outbox = [failed, .. Sound.Outbox.Skip(1)],
            Topic = [.. Sound.Topic.Where(m => m.EventId != failed.EventId)],
            Processed = [.. Sound.Processed.Skip(1)],
            Effects = [.. Sound.Effects.Skip(1)],
        });

        Invariant[] expected = holds ? [Invariant.PassedFailed, Invariant.WronglyFailed] : [Invariant.WronglyFailed];
        Finds(evidence, expected);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_effect_past_a_failed_one_is_found_where_that_holds_its_ticket(bool holds)
    {
        var evidence = Sound with
        {
            Holds = holds,
            Processed = [Sound.Processed[0] with { Status = "failed" }, .. Sound.Processed.Skip(1)],
            Effects = [.. Sound.Effects.Skip(1)],
        };

        Invariant[] expected = holds ? [Invariant.PassedFailed, Invariant.WronglyFailed] : [Invariant.WronglyFailed];
        Finds(evidence, expected);
    }

    [Fact]
    public void An_effect_past_poison_of_its_ticket_is_found_and_what_is_held_there_is_no_fault()
    {
        var (second, third) = (Sound.Outbox[1], Sound.Outbox[2]);
        var poisoned = SoundEvidence.WithPoisonBefore(Sound, second) with { Holds = true };

        Finds(poisoned, Invariant.PassedFailed);
        Finds(SoundEvidence.WithHeld(poisoned, [second, third]));
        Finds(SoundEvidence.WithHeld(poisoned, [second]), Invariant.PassedFailed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_event_that_is_held_for_nothing_is_found(bool holds) =>
        Finds(
            SoundEvidence.WithHeld(Sound, [Sound.Outbox[0]]) with { Holds = holds }, Invariant.HeldForNothing);

    [Fact]
    public void An_event_that_is_held_though_it_came_before_the_poison_is_found()
    {
        var poisoned = SoundEvidence.WithPoisonBefore(Sound, Sound.Outbox[1]) with { Holds = true };

        Finds(SoundEvidence.WithHeld(poisoned, Sound.Outbox.Take(3)), Invariant.HeldForNothing);
    }

    [Theory]
    [InlineData("pending")]
    [InlineData("processing")]
    public void A_stuck_outbox_row_is_found(string status) =>
        Finds(
            Sound with { Outbox = [Sound.Outbox[0] with { Status = status }, .. Sound.Outbox.Skip(1)] },
            Invariant.Unfinished);

    [Fact]
    public void A_stuck_processed_event_is_found() => Finds(
        Sound with
        {
            Processed = [Sound.Processed[0] with { Status = "processing" }, .. Sound.Processed.Skip(1)],
            Effects = [.. Sound.Effects.Skip(1)],
        },
        Invariant.Unfinished);

    [Fact]
    public void A_wrongly_failed_outbox_row_is_found() =>
        Finds(
            Sound with { Outbox = [Sound.Outbox[0] with { Status = "failed" }, .. Sound.Outbox.Skip(1)] },
            Invariant.WronglyFailed);

    [Fact]
    public void A_wrongly_failed_processed_event_is_found() => Finds(
        Sound with
        {
            Processed = [Sound.Processed[0] with { Status = "failed" }, .. Sound.Processed.Skip(1)],
            Effects = [.. Sound.Effects.Skip(1)],
        },
        Invariant.WronglyFailed);

    [Fact]
    public void A_dead_letter_of_an_innocent_event_is_found() =>
        Finds(Sound with { DeadLetters = [new DeadLetter(null, Sound.Outbox[0].EventId)] }, Invariant.WronglyFailed);

    [Fact]
    public void Poison_without_a_dead_letter_is_found() =>
        Finds(SoundEvidence.WithPoison(Sound) with { DeadLetters = [] }, Invariant.PoisonUnreported);

    [Fact]
    public void Poison_that_does_not_count_as_failed_is_found() =>
        Finds(SoundEvidence.WithPoison(Sound) with { Processed = Sound.Processed }, Invariant.PoisonUnreported);

    [Fact]
    public void Lag_is_found() =>
        Finds(Sound with { Lags = [new PartitionLag(Partition: 0, Messages: 1)] }, Invariant.Lagging);

    [Fact]
    public void A_gap_in_the_record_of_the_topic_is_found()
    {
        var later = Sound.Topic.Select(m => m.Partition == 0 ? m with { Offset = m.Offset + 1 } : m);

        Finds(Sound with { Topic = [.. later] }, Invariant.EvidenceIncomplete);
    }

    private static void Finds(Evidence evidence, params Invariant[] expected) =>
        Assert.Equal(expected, InvariantChecker.Check(evidence).Select(violation => violation.Invariant).Distinct());
}
