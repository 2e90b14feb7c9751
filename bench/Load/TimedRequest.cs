namespace ServiceDesk.Bench.Load;

/// <param name="Id">Its X-Request-Id.</param>
/// <param name="Scheduled">When it was due, whether or not the generator could send it then.</param>
/// <param name="Answered">When its answer was complete.</param>
internal readonly record struct TimedRequest(string Id, DateTime Scheduled, DateTime Answered)
{
    public TimeSpan Latency => Answered - Scheduled;
}
