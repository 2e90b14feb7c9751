using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using ServiceDesk.Operator.Actions;
using ServiceDesk.Operator.CommandLine;
using ServiceDesk.Operator.Events;
using ServiceDesk.Operator.Letters;
using ServiceDesk.Operator.Pauses;
using ServiceDesk.Operator.Pipeline;
using ServiceDesk.Operator.Tickets;

namespace ServiceDesk.Operator.Api;

/// <summary>The console for programs: the same questions and actions as the pages have.</summary>
internal static class ApiEndpoints
{
    private const int LargestPage = 200;

    public static void AddApi(this WebApplicationBuilder builder)
    {
        builder.Services.AddApiProblems();
        builder.Services.AddOpenApi("v1", o => o.ShouldInclude =
            address => address.RelativePath?.StartsWith("api/", StringComparison.Ordinal) is true);
        builder.Services.ConfigureHttpJsonOptions(o =>
        {
            o.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            // A selection with a typing error in it would reach more than it says.
            o.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            o.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        builder.Services.AddSingleton<LetterSender>();
        builder.Services.AddSingleton<Changes>();
    }

    public static void MapApi(this WebApplication app)
    {
        app.MapOpenApi();
        var api = app.MapGroup("/api").AddEndpointFilterFactory(KnownParameters.Check).DisableAntiforgery();
        api.MapGet("/pipeline", (PipelineMonitor monitor) => monitor.View)
            .WithSummary("The pipeline's figures, what is wrong, and the last hour");
        api.MapGet("/workers", (PipelineMonitor monitor, DiagSettings kafka, CancellationToken cancellation) =>
                monitor.WorkersAsync(kafka, cancellation))
            .WithSummary("Relays and notifiers, claims, and the group's lag by partition");
        MapEvents(api);
        MapLetters(api);
        api.MapActions();
        MapPauses(api);
        api.MapGet("/tickets/{ticket:guid}", async (
                Guid ticket, long? cursor, TicketStore tickets, CancellationToken cancellation) =>
                await tickets.OneAsync(ticket, Above0(cursor), cancellation)
                    ?? throw ApiException.NotFound($"ticket {ticket}"))
            .WithSummary("A ticket with its events and notifications");
        api.MapPost("/tickets/{ticket:guid}/erase", (
                Guid ticket, ReasonBody body, TicketStore tickets, HttpContext context,
                CancellationToken cancellation) =>
                tickets.EraseAsync(ticket, body.Reason, context.User.Identity!.Name!, cancellation))
            .WithSummary("Removes a ticket's texts from every table");
    }

    private static void MapEvents(RouteGroupBuilder api)
    {
        api.MapGet("/events", (
                [AsParameters] EventQuery query, EventStore events, CancellationToken cancellation) =>
                events.SearchAsync(query.Checked(), cancellation))
            .WithSummary("Events, newest first; every parameter narrows the search");
        api.MapGet("/events/{eventId:guid}", async (
                Guid eventId, EventStore events, CancellationToken cancellation) =>
                await events.LifeAsync(eventId, cancellation) ?? throw ApiException.NotFound($"event {eventId}"))
            .WithSummary("One event from its request to its effect");
        api.MapGet("/events/{eventId:guid}/message", async (
                Guid eventId, EventStore events, DiagSettings kafka, CancellationToken cancellation) =>
                await events.LifeAsync(eventId, cancellation) is { Outbox.SentAt: { } sent }
                    ? await Task.Run(() => MessageFinder.Find(kafka, eventId, sent, cancellation), cancellation)
                    : throw ApiException.NotFound($"sent event {eventId}"))
            .WithSummary("Where an event's message is in its topic");
    }

    private static void MapLetters(RouteGroupBuilder api)
    {
        api.MapGet("/failed-events", (
                [AsParameters] FailedQuery query, LetterStore letters, CancellationToken cancellation) =>
                letters.FailedAsync(query.Checked(), cancellation))
            .WithSummary("Events that cannot be published");
        api.MapGet("/failed-events/groups", (LetterStore letters, CancellationToken cancellation) =>
                letters.FailedGroupsAsync(cancellation))
            .WithSummary("Events that cannot be published, by reason");
        api.MapGet("/dead-letters", (
                [AsParameters] LetterQuery query, LetterStore letters, CancellationToken cancellation) =>
                letters.SearchAsync(query.Checked(), cancellation))
            .WithSummary("Messages that cannot be processed");
        api.MapGet("/dead-letters/groups", (LetterStore letters, CancellationToken cancellation) =>
                letters.GroupsAsync(cancellation))
            .WithSummary("Messages that cannot be processed, by reason");
        api.MapGet("/dead-letters/{letter:long}", async (
                long letter, LetterStore letters, CancellationToken cancellation) =>
                await letters.OneAsync(letter, cancellation) ?? throw ApiException.NotFound($"dead letter {letter}"))
            .WithSummary("A dead letter with its message");
    }

    private static void MapPauses(RouteGroupBuilder api)
    {
        api.MapGet("/pauses", (PauseStore pauses, CancellationToken cancellation) => pauses.AllAsync(cancellation))
            .WithSummary("What is paused");
        api.MapPost("/pauses", async (
                PauseBody body, PauseStore pauses, HttpContext context, CancellationToken cancellation) =>
            {
                await pauses.AddAsync(
                    body.Stage, body.Scope, body.Value, body.Reason, context.User.Identity!.Name!, cancellation);
                return await pauses.AllAsync(cancellation);
            })
            .WithSummary("Pauses publishing or processing, within a second; again changes nothing");
        api.MapPost("/pauses/resume", async (
                ResumeBody body, PauseStore pauses, HttpContext context, CancellationToken cancellation) =>
            {
                await pauses.RemoveAsync(
                    body.Stage, body.Scope, body.Value, body.Reason, context.User.Identity!.Name!, cancellation);
                return await pauses.AllAsync(cancellation);
            })
            .WithSummary("Ends a pause, with a reason for the audit or without; again changes nothing");
    }

    public static int Page(int? limit)
    {
        ApiException.Require(limit is null or (>= 1 and <= LargestPage), "limit", $"must be 1 to {LargestPage}");
        return limit ?? 50;
    }

    public static long? Above0(long? cursor)
    {
        ApiException.Require(cursor is null or > 0, "cursor", "must be one that an answer gave");
        return cursor;
    }

    public static string? OneOf(string? value, string field, string[] values)
    {
        ApiException.Require(
            value is null || values.Contains(value), field, $"must be one of {string.Join(", ", values)}");
        return value;
    }
}

internal sealed record ReasonBody(string? Reason);

internal sealed record PauseBody(string? Stage, string? Scope, string? Value, string? Reason);

/// <param name="Reason">For the audit; may be missing.</param>
internal sealed record ResumeBody(string? Stage, string? Scope, string? Value, string? Reason);

internal sealed record EventQuery(
    [property: FromQuery(Name = "ticket")] Guid? Ticket, [property: FromQuery(Name = "event_id")] Guid? EventId,
    [property: FromQuery(Name = "request_id")] string? RequestId,
    [property: FromQuery(Name = "trace_id")] string? TraceId, [property: FromQuery(Name = "type")] string? Type,
    [property: FromQuery(Name = "status")] string? Status, [property: FromQuery(Name = "since")] DateTimeOffset? Since,
    [property: FromQuery(Name = "until")] DateTimeOffset? Until, [property: FromQuery(Name = "cursor")] long? Cursor,
    [property: FromQuery(Name = "limit")] int? Limit)
{
    public EventSearch Checked()
    {
        var trace = ApiException.Text(TraceId, "trace_id", 32)?.ToLowerInvariant();
        ApiException.Require(
            trace is null || (trace.Length == 32 && trace.All(char.IsAsciiHexDigit)), "trace_id",
            "must be 32 hexadecimal digits");
        return new(
            Ticket, EventId, ApiException.Text(RequestId, "request_id", 200), trace,
            ApiException.Text(Type, "type", 200), ApiEndpoints.OneOf(Status, "status", EventStore.Statuses), Since,
            Until, ApiEndpoints.Above0(Cursor), ApiEndpoints.Page(Limit));
    }
}

internal sealed record FailedQuery(
    [property: FromQuery(Name = "type")] string? Type, [property: FromQuery(Name = "ticket")] Guid? Ticket,
    [property: FromQuery(Name = "contains")] string? Contains, [property: FromQuery(Name = "group")] string? Group,
    [property: FromQuery(Name = "since")] DateTimeOffset? Since,
    [property: FromQuery(Name = "until")] DateTimeOffset? Until, [property: FromQuery(Name = "cursor")] long? Cursor,
    [property: FromQuery(Name = "limit")] int? Limit)
{
    public LetterSearch Checked() => new(
        Type: ApiException.Text(Type, "type", 200), Ticket: Ticket,
        Contains: ApiException.Text(Contains, "contains", 200), Group: ApiException.Text(Group, "group", 300),
        Since: Since, Until: Until, Cursor: ApiEndpoints.Above0(Cursor), Limit: ApiEndpoints.Page(Limit));
}

internal sealed record LetterQuery(
    [property: FromQuery(Name = "status")] string? Status, [property: FromQuery(Name = "code")] string? Code,
    [property: FromQuery(Name = "type")] string? Type, [property: FromQuery(Name = "ticket")] Guid? Ticket,
    [property: FromQuery(Name = "contains")] string? Contains, [property: FromQuery(Name = "group")] string? Group,
    [property: FromQuery(Name = "since")] DateTimeOffset? Since,
    [property: FromQuery(Name = "until")] DateTimeOffset? Until, [property: FromQuery(Name = "cursor")] long? Cursor,
    [property: FromQuery(Name = "limit")] int? Limit)
{
    public LetterSearch Checked() => new(
        ApiEndpoints.OneOf(Status, "status", LetterStore.Statuses) ?? "open", ApiException.Text(Code, "code", 50),
        ApiException.Text(Type, "type", 200), Ticket, ApiException.Text(Contains, "contains", 200),
        ApiException.Text(Group, "group", 300), Since, Until, ApiEndpoints.Above0(Cursor), ApiEndpoints.Page(Limit));
}
