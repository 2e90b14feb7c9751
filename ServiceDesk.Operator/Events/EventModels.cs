using System.Text.Json;

namespace ServiceDesk.Operator.Events;

/// <summary>What to look for; what is null stands for any.</summary>
public sealed record EventSearch(
    Guid? Ticket = null, Guid? EventId = null, string? RequestId = null, string? TraceId = null, string? Type = null,
    string? Status = null, DateTimeOffset? Since = null, DateTimeOffset? Until = null, long? Cursor = null,
    int Limit = 50);

/// <summary>Events, newest first.</summary>
/// <param name="Items">What was found.</param>
/// <param name="NextCursor">Where to go on; null at the end of the history.</param>
/// <param name="IsComplete">False when the search ended early, at its limit of time: going on may find more.</param>
/// <param name="SearchedBackTo">When the oldest event that was looked at was written.</param>
public sealed record EventPage(
    IReadOnlyList<EventRow> Items, long? NextCursor, bool IsComplete, DateTimeOffset? SearchedBackTo);

/// <param name="Held">Why it is read and waits: paused, or failed as with <see cref="HeldStage"/>; or null.</param>
/// <param name="HeldBehind">The type of the event before it in its ticket that is held by a pause.</param>
/// <param name="OldStatus">Of the ticket, as the payload has it.</param>
/// <param name="NewStatus">As <paramref name="OldStatus"/>.</param>
/// <param name="Title">The ticket's, as it is now.</param>
/// <param name="Pause">What keeps it back, where somebody paused it.</param>
public sealed record EventRow(
    long Id, Guid EventId, string EventType, Guid TicketId, string Status, int Attempts, string? LastError,
    DateTimeOffset CreatedAt, DateTimeOffset? SentAt, DateTimeOffset? FailedAt, string? RequestId, string? Processed,
    DateTimeOffset? ProcessedAt, string? ProcessingError, string? Held, string? HeldBehind, string? OldStatus,
    string? NewStatus, string? Title, Pauses.Pause? Pause = null);

/// <summary>One event from the request to its effect; what did not happen yet is null.</summary>
/// <param name="Missing">Members that its payload must have and has not.</param>
/// <param name="Pause">What keeps it back, where somebody paused it.</param>
public sealed record EventLife(
    Guid EventId, string? EventType, Guid? TicketId, string? Title, string? RequestId, string? TraceId,
    string? TraceUrl, OutboxStage? Outbox, ProcessingStage? Processing, HeldStage? Held, Notification? Notification,
    IReadOnlyList<Letters.LetterRow> DeadLetters, IReadOnlyList<ActionOnEvent> Actions,
    IReadOnlyList<string> Missing, Pauses.Pause? Pause = null);

public sealed record OutboxStage(
    long Id, string Status, int Attempts, string? LastError, DateTimeOffset CreatedAt, DateTimeOffset? NextAttemptAt,
    DateTimeOffset? ClaimedAt, Guid? ClaimToken, DateTimeOffset? SentAt, DateTimeOffset? FailedAt,
    JsonElement Payload, JsonElement Headers);

public sealed record ProcessingStage(
    string Status, int Attempts, string? LastError, DateTimeOffset FirstSeenAt, DateTimeOffset? ProcessedAt,
    DateTimeOffset? FailedAt);

/// <summary>It is read, and waits.</summary>
/// <param name="Reason">paused, or failed: behind an event of its ticket that failed or is held itself.</param>
/// <param name="Since">When it was read.</param>
/// <param name="BehindType">The type of the event before it in its ticket that is held by a pause.</param>
public sealed record HeldStage(string Reason, DateTimeOffset Since, string? BehindType);

public sealed record Notification(long Id, string Kind, string Text, DateTimeOffset CreatedAt);

public sealed record ActionOnEvent(Guid Id, string Kind, string? Reason, string By, DateTimeOffset At);

/// <summary>Where a message is.</summary>
/// <param name="Found">Whether it was found in the time there was.</param>
/// <param name="Looked">How many messages were looked at.</param>
public sealed record MessageLocation(
    bool Found, int Looked, string Topic, int? Partition = null, long? Offset = null, DateTimeOffset? WrittenAt = null,
    string? Value = null, IReadOnlyDictionary<string, string>? Headers = null);
