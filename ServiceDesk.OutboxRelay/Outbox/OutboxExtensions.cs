namespace ServiceDesk.OutboxRelay.Outbox;

internal static class OutboxExtensions
{
    public static void AddOutbox(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<OutboxStore>();
        builder.Services.AddSingleton<OutboxListener>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<OutboxListener>());
    }
}
