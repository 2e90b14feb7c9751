using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ServiceDesk.Settings;

namespace ServiceDesk.ServiceDefaults;

/// <summary>How a service ends: an exit code that tells, and one line instead of a stack trace for what its operator
/// can put right.</summary>
public static class StartUp
{
    /// <returns>The exit code: <see cref="ExitCode.Done"/> after a clean stop, <see cref="ExitCode.Failed"/> when a
    /// background service failed and took the others down.</returns>
    /// <exception cref="SettingsException">The address to listen on is taken.</exception>
    public static async Task<int> RunServiceAsync(this WebApplication app)
    {
        var service = app.Services.GetRequiredService<ServiceInfo>();
        var parts = app.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToList();
        try
        {
            await app.RunAsync();
        }
        catch (OperationCanceledException)
        {
            // It was still starting when it was asked to stop, or when one of its parts failed.
        }
        catch (IOException unavailable) when (unavailable.InnerException is AddressInUseException)
        {
            throw new SettingsException($"{unavailable.Message} Set {service.ListenKey} to another address.");
        }

        // The host stops when one of them throws, but returns as if it had been asked to.
        return parts.Exists(part => part.ExecuteTask is { IsFaulted: true }) ? ExitCode.Failed : ExitCode.Done;
    }

    /// <summary>Says in one line on stderr which setting stopped the start.</summary>
    public static int Refuse(this ServiceInfo service, SettingsException setting)
    {
        Console.Error.WriteLine($"{service.Name}: {setting.Message}");
        return ExitCode.BadSettings;
    }
}
