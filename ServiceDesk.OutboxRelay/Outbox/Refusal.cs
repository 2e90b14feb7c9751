namespace ServiceDesk.OutboxRelay.Outbox;

/// <summary>An event the broker did not take, and when to try again.</summary>
/// <param name="Id">The outbox row.</param>
/// <param name="Error">What the broker said, for the operator.</param>
/// <param name="Delay">Wait before the next attempt.</param>
/// <param name="Counts">Whether the attempt counts: a broker that is away says nothing about the event.</param>
internal readonly record struct Refusal(long Id, string Error, TimeSpan Delay, bool Counts);
