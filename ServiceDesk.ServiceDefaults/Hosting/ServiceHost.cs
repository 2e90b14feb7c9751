using Microsoft.AspNetCore.Builder;
using ServiceDesk.ServiceDefaults.Settings;

namespace ServiceDesk.ServiceDefaults.Hosting;

/// <summary>Runs a service from its two halves: what it is made of, and what it answers.</summary>
public static class ServiceHost
{
    private const int BadSettings = 2;

    /// <returns>The exit code: 0 after a clean stop, 2 after one line on stderr about a bad setting.</returns>
    public static async Task<int> RunAsync(
        string[] args, ServiceInfo service, Action<WebApplicationBuilder> add, Action<WebApplication> map)
    {
        try
        {
            var builder = WebApplication.CreateSlimBuilder(args);
            builder.AddServiceDefaults(service);
            add(builder);
            await using var app = builder.Build();
            app.UseServiceDefaults();
            map(app);
            await app.RunAsync();
            return 0;
        }
        catch (SettingsException bad)
        {
            await Console.Error.WriteLineAsync($"{service.Name}: {bad.Message}");
            return BadSettings;
        }
        catch (IOException unavailable) when (unavailable.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"{service.Name}: {unavailable.Message} Set {service.ListenKey} to another address.");
            return BadSettings;
        }
    }
}
