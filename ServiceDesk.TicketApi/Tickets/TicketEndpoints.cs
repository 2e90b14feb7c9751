using Microsoft.AspNetCore.Mvc;
using ServiceDesk.TicketApi.Http;
using ServiceDesk.TicketApi.Security;

namespace ServiceDesk.TicketApi.Tickets;

/// <summary>The HTTP surface of tickets: reads requests, names outcomes, leaves the work to <see cref="TicketStore"/>.</summary>
internal static class TicketEndpoints
{
    private const int DefaultPage = 50;
    private const int MaxPage = 200;

    public static void AddTickets(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<TicketStore>();
        builder.Services.AddSingleton<TicketWriter>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<TicketWriter>());
    }

    public static void MapTickets(this IEndpointRouteBuilder app)
    {
        var tickets = app.MapGroup("/tickets").WithTags("tickets")
            .Reports(StatusCodes.Status400BadRequest, StatusCodes.Status503ServiceUnavailable);

        tickets.RequireBearerToken();

        tickets.MapPost("", CreateAsync).WithName("CreateTicket")
            .Accepts<CreateTicketRequest>("application/json")
            .Produces<Ticket>(StatusCodes.Status201Created)
            .Reports(
                StatusCodes.Status413PayloadTooLarge,
                StatusCodes.Status415UnsupportedMediaType,
                StatusCodes.Status422UnprocessableEntity);
        tickets.MapGet("", ListAsync).WithName("ListTickets").Produces<TicketPage>();
        tickets.MapGet("{id}", GetAsync).WithName("GetTicket").Produces<Ticket>()
            .Reports(StatusCodes.Status404NotFound);
        tickets.MapPatch("{id}", ChangeStatusAsync).WithName("ChangeTicketStatus")
            .Accepts<ChangeStatusRequest>("application/json")
            .Produces<Ticket>()
            .Reports(
                StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict,
                StatusCodes.Status413PayloadTooLarge,
                StatusCodes.Status415UnsupportedMediaType);
    }

    private static async Task<IResult> CreateAsync(
        HttpContext context,
        [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey,
        TicketStore store,
        CancellationToken cancellation)
    {
        var body = await JsonBody.ReadAsync(context.Request, TicketJson.Default.CreateTicketRequest, cancellation);
        var ticket = await store.CreateAsync(TicketRules.Check(body, idempotencyKey), context.TraceIdentifier, cancellation)
            ?? throw new ApiException(Problems.KeyReused);
        return TypedResults.Created($"/tickets/{ticket.Id}", ticket);
    }

    private static async Task<IResult> GetAsync(string id, TicketStore store, CancellationToken cancellation) =>
        TypedResults.Ok(await store.FindAsync(TicketId(id), cancellation) ?? throw new ApiException(Problems.NoTicket(id)));

    private static async Task<IResult> ListAsync(
        TicketStore store, CancellationToken cancellation, string? status = null, string? limit = null, string? cursor = null)
    {
        var size = DefaultPage;
        if (limit is not null && (!int.TryParse(limit, out size) || size is < 1 or > MaxPage))
        {
            throw new ApiException(Problems.Validation("limit", $"must be a number from 1 to {MaxPage}"));
        }

        Guid? before = cursor is null ? null
            : TicketCursor.TryRead(cursor, out var last) ? last
            : throw new ApiException(Problems.Validation("cursor", "must be the next_cursor of an earlier page"));
        return TypedResults.Ok(await store.ListAsync(
            status is null ? null : TicketRules.CheckStatus(status), before, size, cancellation));
    }

    private static async Task<IResult> ChangeStatusAsync(
        string id, HttpContext context, TicketStore store, CancellationToken cancellation)
    {
        var ticketId = TicketId(id);
        var body = await JsonBody.ReadAsync(context.Request, TicketJson.Default.ChangeStatusRequest, cancellation);
        var change = await store.ChangeStatusAsync(ticketId, TicketRules.Check(body), context.TraceIdentifier, cancellation);
        return change switch
        {
            { Changed: { } ticket } => TypedResults.Ok(ticket),
            { Refused: { } from } => throw new ApiException(Problems.InvalidTransition(from, body.Status!)),
            _ => throw new ApiException(Problems.NoTicket(id)),
        };
    }

    /// <summary>An id that is no UUID names no ticket: 404, like any other id that is not there.</summary>
    private static Guid TicketId(string id) =>
        Guid.TryParseExact(id, "D", out var parsed) ? parsed : throw new ApiException(Problems.NoTicket(id));
}
