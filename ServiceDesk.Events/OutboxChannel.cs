namespace ServiceDesk.Events;

/// <summary>The Postgres notification channel of wake-up hints, from the API to the relays.</summary>
public static class OutboxChannel
{
    public const string Name = "outbox";
}
