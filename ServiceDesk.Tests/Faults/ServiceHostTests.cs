using Microsoft.Extensions.DependencyInjection;
using ServiceDesk.ServiceDefaults.Hosting;

namespace ServiceDesk.Tests.Faults;

public sealed class ServiceHostTests
{
    /// <summary>An orchestrator that restarts what failed must be able to tell.</summary>
    [Fact]
    public async Task A_service_that_a_failed_part_took_down_does_not_end_as_if_it_had_been_stopped()
    {
        var service = new ServiceInfo("failing", Port: 0, ListenKey: "Listen:Failing", DatabaseRole: "none");

        var exit = await ServiceHost.RunAsync(
            ["--Listen:Failing=127.0.0.1:0"], service, builder => builder.Services.AddHostedService<FailingPart>(), _ => { });

        Assert.Equal(1, exit);
    }
}
