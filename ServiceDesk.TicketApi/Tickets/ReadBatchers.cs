using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using ServiceDesk.Clients.Postgres;

namespace ServiceDesk.TicketApi.Tickets;

/// <summary>Reads single tickets together; the answer is null where there is none.</summary>
internal sealed class FindBatcher(NpgsqlDataSource database) : Batcher<Guid, Ticket?>(maxBatch: 128)
{
    protected override async Task AnswerAsync(IReadOnlyList<Pending<Guid, Ticket?>> batch)
    {
        var tickets = await Retry.ReadAsync(() => FindAsync(batch.Select(p => p.Request)), CancellationToken.None);
        foreach (var pending in batch)
        {
            pending.Answer(tickets.GetValueOrDefault(pending.Request));
        }
    }

    private async Task<Dictionary<Guid, Ticket>> FindAsync(IEnumerable<Guid> ids)
    {
        await using var query = database.CreateCommand(TicketSql.Find);
        query.Parameters.AddArray(NpgsqlDbType.Uuid, ids);
        await using var row = await query.ExecuteReaderAsync();
        return (await Ticket.ReadAllAsync(row, CancellationToken.None)).ToDictionary(ticket => ticket.Id);
    }
}

/// <summary>Reads pages together. Those who ask for the same one, most often the first, share its rows and its JSON;
/// writing that costs more than reading the rows.</summary>
internal sealed class ListBatcher(NpgsqlDataSource database, IOptions<JsonOptions> json)
    : Batcher<PageRequest, WrittenPage>(maxBatch: 16)
{
    private readonly JsonTypeInfo<TicketPage> _form =
        (JsonTypeInfo<TicketPage>)json.Value.SerializerOptions.GetTypeInfo(typeof(TicketPage));

    protected override async Task AnswerAsync(IReadOnlyList<Pending<PageRequest, WrittenPage>> batch)
    {
        var requests = batch.Select(p => p.Request).Distinct().ToList();
        var pages = await Retry.ReadAsync(() => ReadAsync(requests), CancellationToken.None);
        foreach (var pending in batch)
        {
            pending.Answer(pages[pending.Request]);
        }
    }

    private async Task<Dictionary<PageRequest, WrittenPage>> ReadAsync(List<PageRequest> requests)
    {
        await using var batch = database.CreateBatch();
        requests.ForEach(request => batch.BatchCommands.Add(Query(request)));
        await using var row = await batch.ExecuteReaderAsync();
        var pages = new Dictionary<PageRequest, WrittenPage>(requests.Count);
        foreach (var request in requests)
        {
            var page = await ReadAsync(row, request.Limit);
            pages.Add(request, new WrittenPage(
                JsonSerializer.SerializeToUtf8Bytes(page, _form), page.NextCursor));
            await row.NextResultAsync();
        }

        return pages;
    }

    /// <summary>One row more than the page has tells whether there is another page.</summary>
    private static NpgsqlBatchCommand Query(PageRequest request)
    {
        var query = new NpgsqlBatchCommand(request.Status is null ? TicketSql.List : TicketSql.ListByStatus)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = request.Before ?? Guid.AllBitsSet },
                new NpgsqlParameter<int> { TypedValue = request.Limit + 1 },
            },
        };
        if (request.Status is { } status)
        {
            query.Parameters.Add(new NpgsqlParameter<string> { TypedValue = status });
        }

        return query;
    }

    private static async Task<TicketPage> ReadAsync(NpgsqlDataReader row, int limit)
    {
        var tickets = await Ticket.ReadAllAsync(row, CancellationToken.None);
        return tickets.Count > limit
            ? new TicketPage(tickets[..limit], TicketCursor.Create(tickets[limit - 1].Id))
            : new TicketPage(tickets, null);
    }
}

/// <param name="Json">The page, as it is answered.</param>
/// <param name="NextCursor">As the page has it.</param>
internal sealed record WrittenPage(byte[] Json, string? NextCursor);
