using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDesk.Operator.Actions;

namespace ServiceDesk.Operator.Api;

/// <summary>What can be done with what failed.</summary>
internal static class ActionEndpoints
{
    public static void MapActions(this RouteGroupBuilder api)
    {
        api.MapGet("/actions", (
                DateTimeOffset? cursor, int? limit, ActionStore actions, CancellationToken cancellation) =>
                actions.LatestAsync(cursor, ApiEndpoints.Page(limit), cancellation))
            .WithSummary("What was done, by whom and when, newest first");
        api.MapGet("/actions/{action:guid}", async (
                Guid action, ActionStore actions, CancellationToken cancellation) =>
                await actions.OneAsync(action, cancellation) ?? throw ApiException.NotFound($"action {action}"))
            .WithSummary("How far an action is");
        api.MapPost("/actions", AddAsync)
            .WithSummary("Retries or discards what is selected; with dry_run, only counts it");
        api.MapPost("/actions/{action:guid}/stop", async (
                Guid action, ActionStore actions, CancellationToken cancellation) =>
            {
                await actions.StopAsync(action, cancellation);
                return await actions.OneAsync(action, cancellation)
                    ?? throw ApiException.NotFound($"action {action}");
            })
            .WithSummary("Leaves the rest of an action undone");
        api.MapPost("/failed-events/{eventId:guid}/change", (
                Guid eventId, ChangeBody body, Changes changes, HttpContext context, CancellationToken cancellation) =>
                changes.ChangeFailedAsync(
                    body.Id ?? Guid.CreateVersion7(), eventId, body.CheckedValue(), body.CheckedReason(),
                    context.User.Identity!.Name!, cancellation))
            .WithSummary("Gives an event that cannot be published another payload, and retries it");
        api.MapPost("/dead-letters/{letter:long}/change", (
                long letter, ChangeBody body, Changes changes, HttpContext context, CancellationToken cancellation) =>
                changes.ChangeLetterAsync(
                    body.Id ?? Guid.CreateVersion7(), letter, body.CheckedValue(), body.CheckedReason(),
                    context.User.Identity!.Name!, cancellation))
            .WithSummary("Sends a changed copy of a dead letter");
    }

    private static async Task<Results<Ok<DryRun>, Accepted<OperatorAction>>> AddAsync(
        ActionBody body, ActionStore actions, ActionRunner runner, HttpContext context, CancellationToken cancellation)
    {
        var request = body.Checked(context.User.Identity!.Name!);
        if (body.DryRun)
        {
            return TypedResults.Ok(new DryRun(
                await actions.CountAsync(request.Source, request.Kind, request.Selection, cancellation)));
        }

        var action = await actions.AddAsync(request, cancellation);
        runner.Wake();
        return TypedResults.Accepted($"/api/actions/{action.Id}", action);
    }
}

internal sealed record DryRun(long Matched);

/// <param name="Id">Made by the caller: the same again is done once.</param>
internal sealed record ActionBody(
    Guid? Id, string? Kind, string? Source, Selection? Selection, string? Reason, int? Rate, bool DryRun, bool All)
{
    public ActionRequest Checked(string by)
    {
        ApiException.Require(Kind is "retry" or "discard", "kind", "must be retry or discard");
        ApiException.Require(Source is "outbox" or "letters", "source", "must be outbox or letters");
        ApiException.Require(
            Rate is null or (>= 1 and <= ActionStore.FastestRate), "rate", $"must be 1 to {ActionStore.FastestRate}");
        var reason = ApiException.Text(Reason, "reason", 500);
        ApiException.Require(
            Kind != "discard" || reason is not null || DryRun, "reason", "must be given to discard something");
        return new(
            Id ?? Guid.CreateVersion7(), Kind!, Source!, (Selection ?? new()).Checked(Source!, All), reason, Rate, by);
    }
}

internal sealed record ChangeBody(Guid? Id, string? Value, string? Reason)
{
    public string CheckedValue()
    {
        ApiException.Require(
            Value is { Length: > 0 and <= Changes.LongestValue }, "value",
            $"must be a text of 1 to {Changes.LongestValue} characters");
        return Value!;
    }

    public string CheckedReason() =>
        ApiException.Text(Reason, "reason", 500) ?? throw ApiException.Invalid("reason", "must be given");
}
