using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ServiceDesk.ServiceDefaults;

namespace ServiceDesk.Tests.Unit;

public sealed class StartUpTests
{
    private static readonly ServiceInfo Service = new("test", Port: 0, ListenKey: "Listen:Test");

    [Fact]
    public async Task A_service_whose_work_fails_ends_with_an_exit_code_that_tells() =>
        Assert.Equal(1, await RunAsync<FailingWork>());

    [Fact]
    public async Task A_service_whose_work_fails_while_another_part_still_starts_ends_with_an_exit_code_that_tells() =>
        Assert.Equal(1, await RunAsync<FailingWork>(services => services.AddHostedService<NeverStarted>()));

    [Fact]
    public async Task A_service_that_is_stopped_while_it_starts_ends_with_0() =>
        Assert.Equal(0, await RunAsync<StoppingWork>());

    private static async Task<int> RunAsync<T>(Action<IServiceCollection>? addMore = null)
        where T : class, IHostedService
    {
        var builder = WebApplication.CreateSlimBuilder(["--Listen:Test=127.0.0.1:0"]);
        builder.AddServiceDefaults(Service);
        builder.Services.AddHostedService<T>();
        addMore?.Invoke(builder.Services);
        await using var app = builder.Build();
        return await app.RunServiceAsync().WaitAsync(TimeSpan.FromSeconds(60));
    }

    private sealed class FailingWork : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            throw new InvalidOperationException("a bug");
        }
    }

    private sealed class NeverStarted : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class StoppingWork(IHostApplicationLifetime lifetime) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            lifetime.StopApplication();
            await Task.Delay(Timeout.Infinite, stoppingToken);
        }
    }
}
