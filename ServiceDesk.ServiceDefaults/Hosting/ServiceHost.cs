using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ServiceDesk.ServiceDefaults.Settings;

namespace ServiceDesk.ServiceDefaults.Hosting;

/// <summary>Runs a service from its two halves: what it is made of, and what it answers.</summary>
public static class ServiceHost
{
    private const int Failed = 1;
    private const int BadSettings = 2;

    /// <returns>The exit code: 0 after a clean stop, 1 when a part of the service failed and took it down, 2 after one line on stderr about a bad setting.</returns>
    public static async Task<int> RunAsync(
        string[] args, ServiceInfo service, Action<WebApplicationBuilder> add, Action<WebApplication> map)
    {
        try
        {
            // Settings are checked and taken at the start; nobody needs to watch the files they came from.
            var builder = WebApplication.CreateSlimBuilder(["--hostBuilder:reloadConfigOnChange=false", .. args]);
            builder.AddServiceDefaults(service);
            add(builder);
            await using var app = builder.Build();
            app.UseServiceDefaults();
            map(app);
            var parts = app.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToList();
            try
            {
                await app.RunAsync();
            }
            catch (OperationCanceledException)
            {
                // It was still starting when it was asked to stop, or when one of its parts failed.
            }

            // The host stops when one of them throws, but returns as if it had been asked to.
            return parts.Exists(part => part.ExecuteTask is { IsFaulted: true }) ? Failed : 0;
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
