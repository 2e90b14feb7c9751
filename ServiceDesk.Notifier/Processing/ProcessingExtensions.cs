namespace ServiceDesk.Notifier.Processing;

internal static class ProcessingExtensions
{
    public static void AddProcessing(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ProcessedEvents>();
        builder.Services.AddSingleton<EventProcessor>();
    }
}
