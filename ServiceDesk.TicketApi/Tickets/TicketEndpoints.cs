using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Mvc;
using ServiceDesk.Settings;
using ServiceDesk.TicketApi.Http;
using ServiceDesk.TicketApi.Security;

namespace ServiceDesk.TicketApi.Tickets;

/// <summary>Tickets over HTTP: reads requests, names outcomes; <see cref="TicketStore"/> does the work.</summary>
internal static class TicketEndpoints
{
    private const int DefaultPage = 50;
    private const int MaxPage = 200;

    public static void AddTickets(this WebApplicationBuilder builder)
    {
        builder.AddSettings<ApiSettings>();
        builder.Services.AddSingleton<TicketStore>();
        builder.Services.AddSingleton<StatusChanges>();
        builder.Services.AddBatcher<CreateBatcher>();
        builder.Services.AddBatcher<ChangeBatcher>();
        builder.Services.AddBatcher<FindBatcher>();
        builder.Services.AddBatcher<ListBatcher>();
        builder.Services.AddHostedService<KeyRetention>();
    }

    public static void MapTickets(this IEndpointRouteBuilder app)
    {
        var tickets = app.MapGroup(TicketPaths.Root);

        tickets.RequireBearerToken();

        tickets.MapPost("", CreateAsync).Accepts<CreateTicketRequest>("application/json");
        tickets.MapGet("", ListAsync);
        tickets.MapGet("{id}", GetAsync);
        tickets.MapPatch("{id}", ChangeStatusAsync)
            .Accepts<ChangeStatusRequest>("application/json", "application/merge-patch+json");
    }

    private static void AddBatcher<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>(
        this IServiceCollection services) where T : class, IHostedService
    {
        services.AddSingleton<T>();
        services.AddHostedService(provider => provider.GetRequiredService<T>());
    }

    private static async Task<IResult> CreateAsync(
        HttpContext context,
        [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey,
        TicketStore store,
        CancellationToken cancellationToken)
    {
        var read = await JsonBody.ReadAsync(context.Request, TicketJson.Default.CreateTicketRequest, cancellationToken);
        if (read.IsProblem(out var problem, out var body)
            || IdempotencyKey.Parse(idempotencyKey, context.User).IsProblem(out problem, out var key)
            || TicketRules.Parse(body, key).IsProblem(out problem, out var ticket))
        {
            return problem;
        }

        if (await store.CreateAsync(ticket, context.TraceIdentifier, cancellationToken) is not { } created)
        {
            return Problems.KeyReused;
        }

        context.Response.SetETag(created.Version);
        return TypedResults.Created($"/tickets/{created.Id}", created);
    }

    private static async Task<IResult> GetAsync(
        string id, HttpContext context, TicketStore store, CancellationToken cancellationToken)
    {
        if (!TryParseId(id, out var ticketId) || await store.FindAsync(ticketId, cancellationToken) is not { } ticket)
        {
            return Problems.NoTicket(id);
        }

        context.Response.SetETag(ticket.Version);
        return EntityTags.IsUnchanged(context.Request, ticket.Version)
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Ok(ticket);
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, TicketStore store, CancellationToken cancellationToken, string? status = null,
        string? limit = null, string? cursor = null)
    {
        var size = DefaultPage;
        if (limit is not null && (!int.TryParse(limit, out size) || size is < 1 or > MaxPage))
        {
            return Problems.Validation("limit", $"must be a number from 1 to {MaxPage}");
        }

        Guid? before = null;
        if (cursor is not null)
        {
            if (!TicketCursor.TryParse(cursor, out var last))
            {
                return Problems.Validation("cursor", "must be the next_cursor of an earlier page");
            }

            before = last;
        }

        if (status is not null && TicketRules.ParseStatus(status).IsProblem(out var problem, out _))
        {
            return problem;
        }

        var page = await store.ListAsync(new PageRequest(status, before, size), cancellationToken);
        if (page.NextCursor is { } next)
        {
            var query = $"limit={size}&cursor={next}{(status is null ? "" : $"&status={status}")}";
            context.Response.Headers.Link = $"</tickets?{query}>; rel=\"next\"";
        }

        return TypedResults.Bytes(page.Json, "application/json; charset=utf-8");
    }

    private static async Task<IResult> ChangeStatusAsync(
        string id,
        HttpContext context,
        [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey,
        ApiSettings settings,
        TicketStore store,
        CancellationToken cancellationToken)
    {
        if (!TryParseId(id, out var ticketId))
        {
            return Problems.NoTicket(id);
        }

        var read = await JsonBody.ReadAsync(context.Request, TicketJson.Default.ChangeStatusRequest, cancellationToken);
        if (read.IsProblem(out var problem, out var body)
            || TicketRules.Parse(body).IsProblem(out problem, out var status)
            || IdempotencyKey.Parse(idempotencyKey, context.User).IsProblem(out problem, out var key)
            || EntityTags.ParseIfMatch(context.Request, settings.RequireIfMatch)
                .IsProblem(out problem, out var isCurrent))
        {
            return problem;
        }

        var wanted = key.Length == 0
            ? new NewStatus(ticketId, status, isCurrent, IdempotencyKey: null, RequestHash: null)
            : new NewStatus(ticketId, status, isCurrent, key, RequestHash.Compute(ticketId, body));
        switch (await store.ChangeStatusAsync(wanted, context.TraceIdentifier, cancellationToken))
        {
            case StatusChange.Done done:
                context.Response.SetETag(done.Ticket.Version);
                return TypedResults.Ok(done.Ticket);
            case StatusChange.NotAllowed refused:
                return Problems.InvalidTransition(refused.From, status);
            case StatusChange.Stale stale:
                return Problems.Stale(stale.Version);
            case StatusChange.KeyReused:
                return Problems.KeyReused;
            default:
                return Problems.NoTicket(id);
        }
    }

    /// <summary>An id that is no UUID names no ticket: 404, like any other id that is not there.</summary>
    private static bool TryParseId(string id, out Guid ticketId) => Guid.TryParseExact(id, "D", out ticketId);
}
