using System.Collections.Concurrent;
using ServiceDesk.Tests.Faults.Checking;
using ServiceDesk.TicketApi.Tickets;

namespace ServiceDesk.Tests.Faults.Chaos;

/// <summary>One caller of the API: creates a ticket, changes it a few times, takes the next. It records every change
/// that it asked for, and the answer.</summary>
internal sealed class Caller(ApiCaller api, ConcurrentQueue<RequestedChange> asked, TimeSpan pace, Random random)
{
    private const int MaxChanges = 5;

    /// <summary>A create is repeated until its outcome is known, but for no longer than any outage here.</summary>
    private static readonly TimeSpan ResolveLimit = TimeSpan.FromMinutes(2);

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var ticket = await CreateAsync("Steady load");
            for (var change = random.Next(1, MaxChanges + 1); change > 0 && !stop.IsCancellationRequested; change--)
            {
                await Task.Delay(pace, CancellationToken.None);
                ticket = await ChangeAsync(ticket);
            }
        }
    }

    /// <summary>The Idempotency-Key makes it one change, however often it must be asked for.</summary>
    public async Task<Reply> CreateAsync(string title)
    {
        var key = Guid.NewGuid().ToString();
        var requests = new List<string>();
        using var limit = new CancellationTokenSource(ResolveLimit);
        while (true)
        {
            requests.Add($"{key}-{requests.Count}");
            var reply = await api.SendAsync(
                HttpMethod.Post, "/tickets", requests[^1], new { title, description = key }, key);
            if (reply.Outcome == Outcome.Acknowledged)
            {
                asked.Enqueue(new RequestedChange(Outcome.Acknowledged, reply.Id, reply.Version, requests));
                return reply;
            }

            if (reply.Outcome == Outcome.Refused || limit.IsCancellationRequested)
            {
                throw new InvalidOperationException(
                    $"A create was answered {reply.Status} after {requests.Count} requests with the key {key}.");
            }

            await Task.Delay(pace, CancellationToken.None);
        }
    }

    private async Task<Reply> ChangeAsync(Reply ticket)
    {
        var allowed = TicketStatus.AllowedFrom(ticket.TicketStatus);
        if (allowed.Count == 0)
        {
            return ticket;
        }

        var (reply, requests) = await AskAsync(ticket.Id, allowed[random.Next(allowed.Count)]);
        // Where one was refused, an earlier one may still be under way.
        var outcome = reply.Outcome == Outcome.Refused && requests.Count > 1 ? Outcome.Unknown : reply.Outcome;
        asked.Enqueue(new RequestedChange(
            outcome, ticket.Id, outcome == Outcome.Acknowledged ? reply.Version : null, requests));
        return reply.Outcome switch
        {
            Outcome.Acknowledged => reply,
            // An earlier request whose outcome was unknown may have been carried out meanwhile.
            Outcome.Unknown => await ReadAsync(ticket.Id),
            _ when reply.Status == 409 => await ReadAsync(ticket.Id),
            _ => throw new InvalidOperationException($"A change of ticket {ticket.Id} was answered {reply.Status}."),
        };
    }

    /// <summary>Half of the changes have an Idempotency-Key: those are repeated until their outcome is known, and are
    /// one change all the same.</summary>
    private async Task<(Reply Reply, IReadOnlyList<string> Requests)> AskAsync(Guid id, string status)
    {
        var key = random.Next(2) == 0 ? Guid.NewGuid().ToString() : null;
        var requests = new List<string>();
        using var limit = new CancellationTokenSource(ResolveLimit);
        while (true)
        {
            requests.Add(Guid.NewGuid().ToString());
            var reply = await api.SendAsync(HttpMethod.Patch, $"/tickets/{id}", requests[^1], new { status }, key);
            if (key is null || reply.Outcome != Outcome.Unknown || limit.IsCancellationRequested)
            {
                return (reply, requests);
            }

            await Task.Delay(pace, CancellationToken.None);
        }
    }

    /// <summary>Looks what became of the ticket.</summary>
    private async Task<Reply> ReadAsync(Guid id)
    {
        using var limit = new CancellationTokenSource(ResolveLimit);
        while (true)
        {
            var reply = await api.SendAsync(HttpMethod.Get, $"/tickets/{id}", Guid.NewGuid().ToString());
            if (reply.Outcome == Outcome.Acknowledged)
            {
                return reply;
            }

            if (reply.Outcome == Outcome.Refused || limit.IsCancellationRequested)
            {
                throw new InvalidOperationException(
                    $"Reading ticket {id}, which was acknowledged, was answered {reply.Status}.");
            }

            await Task.Delay(pace, CancellationToken.None);
        }
    }
}
