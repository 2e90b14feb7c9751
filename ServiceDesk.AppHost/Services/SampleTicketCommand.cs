using System.Net.Http.Json;

namespace ServiceDesk.AppHost.Services;

internal static class SampleTicketCommand
{
    /// <summary>A button on the dashboard that sends a ticket through the whole system.</summary>
    public static IResourceBuilder<ProjectResource> WithSampleTicketCommand(
        this IResourceBuilder<ProjectResource> ticketApi) =>
        ticketApi.WithHttpCommand(
            "/tickets", "Create a sample ticket", endpointName: "http", commandName: "create-sample-ticket",
            commandOptions: new HttpCommandOptions
            {
                Method = HttpMethod.Post,
                Description = "POST /tickets; follow it under Traces",
                IconName = "TicketDiagonal",
                IsHighlighted = true,
                ResultMode = HttpCommandResultMode.Json,
                PrepareRequest = context =>
                {
                    context.Request.Content = JsonContent.Create(
                        new { title = "Printer on fire", description = "Room 4.12, second floor" });
                    return Task.CompletedTask;
                },
            });
}
