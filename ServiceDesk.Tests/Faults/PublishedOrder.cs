using ServiceDesk.Tests.Faults.Chaos;
using ServiceDesk.Tests.Faults.Checking;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults;

/// <summary>What the topic holds, against what the outbox says.</summary>
/// <param name="Rows">The outbox.</param>
/// <param name="Messages">The topic.</param>
internal sealed record PublishedOrder(IReadOnlyList<OutboxRow> Rows, IReadOnlyList<TopicMessage> Messages)
{
    public static async Task<PublishedOrder> ReadAsync(ServiceDeskSystem system) => new(
        await OutboxReading.AllAsync(system.Database),
        [.. (await system.Events.ReadAllAsync()).Select(MessageReading.Of)]);

    /// <summary>Per ticket, no event is first seen before an earlier one.</summary>
    public void HasNoInversion() => Assert.Empty(
        TopicRules.OutOfOrder(Messages, Rows.ToDictionary(row => row.EventId)).Take(5)
            .Select(violation => violation.Detail));

    /// <summary>Every event that counts as sent is there, and nothing else.</summary>
    public void IsComplete() => Assert.Equal(
        Rows.Where(row => row.Status == "sent").Select(row => row.EventId).Order(),
        Messages.Select(message => message.EventId!.Value).Distinct().Order());

    public void HasNoDuplicate() =>
        Assert.Equal(Messages.Select(message => message.EventId).Distinct().Count(), Messages.Count);
}
