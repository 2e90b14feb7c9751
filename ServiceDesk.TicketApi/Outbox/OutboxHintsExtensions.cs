namespace ServiceDesk.TicketApi.Outbox;

internal static class OutboxHintsExtensions
{
    public static void AddOutboxHints(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<OutboxHints>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<OutboxHints>());
    }
}
