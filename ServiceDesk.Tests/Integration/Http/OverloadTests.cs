using ServiceDesk.Tests.Contracts;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Http;

/// <summary>An API that serves two requests at once.</summary>
public sealed class SmallApi : TicketApiFixture
{
    protected override (string Name, string Value)[] Settings => [("Api__MaxRequests", "2")];
}

public sealed class OverloadTests(SmallApi api) : IClassFixture<SmallApi>
{
    /// <summary>Two changes wait for a ticket that somebody has locked; all else is refused at once.</summary>
    [Fact]
    public async Task One_request_too_many_is_refused_at_once_whatever_it_asks_for()
    {
        var id = await api.Client.CreateAsync();
        await using var connection = await api.Database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var hold = new Npgsql.NpgsqlCommand("SELECT FROM tickets WHERE id = $1 FOR UPDATE", connection))
        {
            hold.Parameters.Add(new() { Value = Guid.Parse(id) });
            await hold.ExecuteNonQueryAsync();
        }

        List<Task<Answer>> waiting =
            [api.Client.ChangeStatusAsync(id, "in_progress"), api.Client.ChangeStatusAsync(id, "resolved")];
        await Eventually.SeesAsync(
            "two changes that wait",
            () => api.Database.ScalarAsync<long>(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'",
                api.Database.Name),
            count => count == 2);

        foreach (var operation in OpenApiDocument.Current.Operations)
        {
            var answer = await new ApiRequest(operation) { Body = operation.Bodies.Any() ? "{}" : null }
                .SendAsync(api.Client, id);

            answer.IsProblem(503, "overloaded");
            operation.Fits(answer);
        }

        Assert.Equal(200, (await api.Client.GetAsync("/healthz")).Status);
        Assert.All(waiting, change => Assert.False(change.IsCompleted));

        await transaction.CommitAsync();
        Assert.All(await Task.WhenAll(waiting), answer => Assert.True(answer.Status is 200 or 409, answer.Text));
        Assert.Equal(200, (await api.Client.GetAsync($"/tickets/{id}")).Status);
    }
}
