using System.Collections.Concurrent;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using static LocalKafka.Broker.NativeMethods;

namespace LocalKafka.Broker;

/// <summary>A mock cluster of one broker, on a port of its own choice of the loopback interface.</summary>
internal sealed class MockCluster : IDisposable
{
    private const int BrokerId = 1;

    private readonly ConcurrentDictionary<string, TopicSpec> _topics = new(StringComparer.Ordinal);
    private readonly nint _client;
    private readonly nint _cluster;

    public MockCluster()
    {
        _client = CreateClient();
        _cluster = NewCluster(_client, brokers: 1);
        if (_cluster == 0)
        {
            DestroyClient(_client);
            throw new MockClusterException("librdkafka could not start its mock cluster");
        }

        // Without a controller, admin requests of clients wait for one until they time out.
        SetController(_cluster, BrokerId);
        EndPoint = IPEndPoint.Parse(Marshal.PtrToStringUTF8(Bootstraps(_cluster))!);
    }

    /// <summary>Where the broker really listens.</summary>
    public IPEndPoint EndPoint { get; }

    public IEnumerable<TopicSpec> Topics => _topics.Values.OrderBy(topic => topic.Name, StringComparer.Ordinal);

    public int RoundTripMilliseconds { get; private set; }

    /// <summary>Sets the address that metadata answers give to clients.</summary>
    public void Advertise(IPEndPoint address)
        => SetHostPort(_cluster, BrokerId, address.Address.ToString(), address.Port);

    public void SetRebalanceDelay(TimeSpan delay)
        => NativeMethods.SetRebalanceDelay(_cluster, (int)delay.TotalMilliseconds);

    /// <summary>Creates a topic; one that is already there with as many partitions is fine.</summary>
    public void CreateTopic(TopicSpec topic)
    {
        if (_topics.TryGetValue(topic.Name, out var existing) && existing == topic)
        {
            return;
        }

        var error = NativeMethods.CreateTopic(_cluster, topic.Name, topic.Partitions, replicas: 1);
        Check(error, $"create topic {topic.Name}");
        _topics[topic.Name] = topic;
    }

    /// <summary>Delays every answer of the broker.</summary>
    public void SetRoundTrip(int milliseconds)
    {
        Check(SetRoundTripTime(_cluster, BrokerId, milliseconds), "set the latency");
        RoundTripMilliseconds = milliseconds;
    }

    /// <summary>Lets the next requests of this kind fail.</summary>
    public void PushErrors(short api, int error, int count)
    {
        var errors = new int[count];
        Array.Fill(errors, error);
        NativeMethods.PushErrors(_cluster, api, (nuint)count, errors);
    }

    public void ClearErrors(IEnumerable<short> apis)
    {
        foreach (var api in apis)
        {
            NativeMethods.ClearErrors(_cluster, api);
        }
    }

    /// <summary>The name of an error as Kafka writes it.</summary>
    public static string NameOf(int error) => Marshal.PtrToStringUTF8(ErrorName(error)) ?? $"ERR_{error}";

    public void Dispose()
    {
        DestroyCluster(_cluster);
        DestroyClient(_client);
    }

    private static nint CreateClient()
    {
        var error = new byte[512];
        var configuration = NewConfiguration();
        // The client itself connects to nothing; it only carries the cluster. Errors (3) still go to stderr.
        if (Configure(configuration, "log_level", "3", error, (nuint)error.Length) != ConfigurationOk)
        {
            throw new MockClusterException($"librdkafka: {Text(error)}");
        }

        var client = NewClient(Producer, configuration, error, (nuint)error.Length);
        return client != 0 ? client : throw new MockClusterException($"librdkafka: {Text(error)}");
    }

    private static void Check(int error, string what)
    {
        if (error != 0)
        {
            throw new MockClusterException($"cannot {what}: {NameOf(error)}");
        }
    }

    private static string Text(byte[] buffer)
        => Encoding.UTF8.GetString(buffer.AsSpan(0, Math.Max(0, Array.IndexOf(buffer, (byte)0))));
}
