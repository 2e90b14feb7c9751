using LocalKafka.Broker;
using LocalKafka.CommandLine;
using LocalKafka.Forwarding;

namespace LocalKafka.Control;

/// <summary>The HTTP control: look at the broker, add topics, and break it on purpose.</summary>
internal static class ControlEndpoints
{
    private const int MaxLatencyMilliseconds = 60_000;
    private const int MaxErrors = 10_000;

    public static void MapControl(this IEndpointRouteBuilder app, MockCluster cluster, Forwarder forwarder)
    {
        app.MapGet("/healthz", () => TypedResults.Text("ok\n"));
        app.MapGet("/status", () => TypedResults.Ok(StatusOf(cluster, forwarder)));

        var commands = app.MapGroup("").AddEndpointFilter(AnswerAsync);
        commands.MapPost("/topics", (string? name, string? partitions) => CreateTopic(cluster, name, partitions));
        commands.MapPost("/faults/down", forwarder.Down);
        commands.MapPost("/faults/up", forwarder.Up);
        commands.MapPost("/faults/latency", (string? ms) =>
            cluster.SetRoundTrip(Arguments.Number("ms", ms, 0, MaxLatencyMilliseconds)));
        commands.MapPost("/faults/errors", (string? api, string? code, string? count) => cluster.PushErrors(
            KafkaApi.Parse(api), ErrorCodes.Parse(code), Arguments.Number("count", count ?? "1", 1, MaxErrors)));
        commands.MapPost("/faults/clear", () => Clear(cluster, forwarder));
    }

    private static BrokerStatus StatusOf(MockCluster cluster, Forwarder forwarder) => new(
        forwarder.EndPoint.ToString(),
        forwarder.IsDown,
        cluster.RoundTripMilliseconds,
        forwarder.ConnectionCount,
        cluster.Topics);

    private static async ValueTask<object?> AnswerAsync(
        EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            await next(context);
            return TypedResults.NoContent();
        }
        catch (ArgumentFormatException bad)
        {
            return TypedResults.Text($"{bad.Message}\n", statusCode: StatusCodes.Status400BadRequest);
        }
        catch (MockClusterException refused)
        {
            return TypedResults.Text($"{refused.Message}\n", statusCode: StatusCodes.Status409Conflict);
        }
    }

    private static void CreateTopic(MockCluster cluster, string? name, string? partitions)
    {
        var text = $"{name}:{partitions ?? "1"}";
        cluster.CreateTopic(TopicSpec.TryParse(text, out var topic)
            ? topic
            : throw new ArgumentFormatException("name:partitions", text, TopicSpec.Rule));
    }

    private static void Clear(MockCluster cluster, Forwarder forwarder)
    {
        cluster.ClearErrors(KafkaApi.Keys.Values);
        cluster.SetRoundTrip(0);
        forwarder.Up();
    }
}
