namespace ServiceDesk.Operator.Letters;

/// <summary>A dead letter without the message itself.</summary>
public sealed record LetterRow(
    long Id, string Topic, int Partition, long Offset, DateTimeOffset WrittenAt, string Code, string Reason,
    string ReasonGroup, Guid? EventId, string? EventType, Guid? TicketId, string? RequestId, string? OriginTopic,
    int? OriginPartition, long? OriginOffset, int? Attempts, bool IsCut, string Status, DateTimeOffset? SettledAt);

/// <summary>A dead letter with its message.</summary>
/// <param name="Letter">What is known of it.</param>
/// <param name="Key">As text.</param>
/// <param name="Value">As text; what is no UTF-8 has replacement characters.</param>
/// <param name="IsText">Whether the value is UTF-8, so that the text is all of it.</param>
/// <param name="Headers">In their order.</param>
public sealed record LetterContent(
    LetterRow Letter, string? Key, string? Value, bool IsText, IReadOnlyList<LetterHeader> Headers);

public sealed record LetterHeader(string Name, string Value);

public sealed record LetterPage(IReadOnlyList<LetterRow> Items, long? NextCursor);

/// <summary>What cannot be published.</summary>
public sealed record FailedRow(
    long Id, Guid EventId, string EventType, Guid TicketId, int Attempts, string? LastError, DateTimeOffset CreatedAt,
    DateTimeOffset? FailedAt, string? RequestId);

public sealed record FailedPage(IReadOnlyList<FailedRow> Items, long? NextCursor);

/// <summary>Failures with the same reason, apart from numbers in it.</summary>
public sealed record ReasonGroup(
    string Code, string Reason, string? EventType, long Count, DateTimeOffset First, DateTimeOffset Last);

/// <summary>Groups of the newest failures.</summary>
/// <param name="Groups">The largest first.</param>
/// <param name="Total">How many there are, at most <paramref name="Limit"/>.</param>
/// <param name="Limit">A total of this many means "or more".</param>
public sealed record ReasonGroups(IReadOnlyList<ReasonGroup> Groups, long Total, long Limit)
{
    public bool IsMore => Total >= Limit;
}

/// <summary>Which letters or failed events; what is null stands for any.</summary>
public sealed record LetterSearch(
    string Status = "open", string? Code = null, string? Type = null, Guid? Ticket = null, string? Contains = null,
    string? Group = null, DateTimeOffset? Since = null, DateTimeOffset? Until = null, long? Cursor = null,
    int Limit = 50);
