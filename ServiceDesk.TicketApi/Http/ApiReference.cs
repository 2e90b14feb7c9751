using Scalar.AspNetCore;

namespace ServiceDesk.TicketApi.Http;

internal static class ApiReference
{
    private const string Page = "/scalar";

    /// <summary>A page to read about the API and to try it, for developers; the bare address leads there.</summary>
    public static void MapApiReference(this WebApplication app)
    {
        if (!app.Environment.IsDevelopment())
        {
            return;
        }

        app.MapScalarApiReference(Page, options =>
        {
            options.WithTitle("ServiceDesk").DisableAgent().DisableTelemetry();
            options.ShowDeveloperTools = DeveloperToolsVisibility.Never;
        });
        app.MapGet("/", () => TypedResults.Redirect(Page)).ExcludeFromDescription();
    }
}
