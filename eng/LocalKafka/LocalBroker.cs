using System.Net;
using System.Net.Sockets;
using LocalKafka.Broker;
using LocalKafka.CommandLine;
using LocalKafka.Control;
using LocalKafka.Forwarding;

namespace LocalKafka;

/// <summary>
/// librdkafka's mock cluster behind a fixed port: a Kafka broker for development, with faults on request. It keeps its
/// topics in memory, about 5 MB or 100,000 batches per partition, and forgets the oldest beyond that without a word.
/// </summary>
internal static class LocalBroker
{
    private const int Failed = 1;
    private static readonly TimeSpan ShutdownTime = TimeSpan.FromSeconds(1);

    /// <returns>The exit code: 0 after a clean stop, 1 after one line on stderr about what went wrong.</returns>
    public static async Task<int> RunAsync(Arguments arguments)
    {
        try
        {
            using var cluster = new MockCluster();
            await using var forwarder = new Forwarder(new(arguments.Host, arguments.Port), cluster.EndPoint);
            cluster.Advertise(forwarder.EndPoint);
            cluster.SetRebalanceDelay(arguments.RebalanceDelay);
            foreach (var topic in arguments.Topics)
            {
                cluster.CreateTopic(topic);
            }

            await using var control = Create(arguments, cluster, forwarder);
            await control.StartAsync();
            forwarder.Start();
            Console.Out.WriteLine($"LocalKafka ready: bootstrap={forwarder.EndPoint} control={control.Urls.First()}");
            await control.WaitForShutdownAsync();
            return 0;
        }
        catch (SocketException unavailable)
        {
            return Fail($"cannot listen on {arguments.Host}:{arguments.Port} (--port): {unavailable.Message}");
        }
        catch (IOException unavailable) when (unavailable.InnerException is not null)
        {
            var reason = unavailable.InnerException.Message;
            return Fail($"cannot listen on {IPAddress.Loopback}:{arguments.ControlPort} (--control-port): {reason}");
        }
        catch (Exception failure) when (failure is MockClusterException or DllNotFoundException)
        {
            return Fail(failure.Message.ReplaceLineEndings(" "));
        }
    }

    private static WebApplication Create(Arguments arguments, MockCluster cluster, Forwarder forwarder)
    {
        // Empty: environment variables such as ASPNETCORE_URLS are meant for the services, not for their broker.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, arguments.ControlPort));
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTime);

        var app = builder.Build();
        app.UseRouting();
        app.MapControl(cluster, forwarder);
        return app;
    }

    private static int Fail(string reason)
    {
        Console.Error.WriteLine($"LocalKafka: {reason}");
        return Failed;
    }
}
