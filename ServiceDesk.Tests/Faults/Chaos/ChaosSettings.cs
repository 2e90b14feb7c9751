using System.Globalization;
using System.Security.Cryptography;

namespace ServiceDesk.Tests.Faults.Chaos;

/// <summary>How long, how much, and from which seed.</summary>
/// <param name="Seed">Decides the faults, their order and sizes; not how processes are scheduled.</param>
/// <param name="Duration">How long faults are made under load.</param>
/// <param name="ReportFile">Where the report is written besides the test's output, or null.</param>
internal sealed record ChaosSettings(int Seed, TimeSpan Duration, string? ReportFile)
{
    private const int DefaultSeconds = 60;

    public int Apis { get; } = 2;

    public int Relays { get; } = 3;

    public int Notifiers { get; } = 2;

    /// <summary>Callers that each wait for one answer at a time.</summary>
    public int Callers { get; } = 6;

    /// <summary>Between two requests of one caller.</summary>
    public TimeSpan Pace { get; } = TimeSpan.FromMilliseconds(120);

    public int Partitions { get; } = 6;

    /// <summary>The relays' lease.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(4);

    public TimeSpan PublishTimeout { get; } = TimeSpan.FromSeconds(1.5);

    /// <summary>After this long without a sign of life a notifier loses its partitions.</summary>
    public TimeSpan GroupSession { get; } = TimeSpan.FromSeconds(6);

    /// <summary>Longest time from the end of a fault until new tickets are processed. Generous, as only a system that
    /// never recovers fails; the time itself is reported.</summary>
    public TimeSpan RecoveryLimit { get; } = TimeSpan.FromSeconds(90);

    /// <summary>CHAOS_HOLD=1: an event that fails holds the later ones of its ticket.</summary>
    public bool Holds { get; } = Environment.GetEnvironmentVariable("CHAOS_HOLD") == "1";

    /// <summary>CHAOS_BROKER_KILL and CHAOS_BROKER_START, which kill and start a broker not ours; or null.</summary>
    public string? BrokerKill { get; } = Environment.GetEnvironmentVariable("CHAOS_BROKER_KILL");

    /// <inheritdoc cref="BrokerKill"/>
    public string? BrokerStart { get; } = Environment.GetEnvironmentVariable("CHAOS_BROKER_START");

    /// <summary>CHAOS_SEED, CHAOS_SECONDS and CHAOS_REPORT.</summary>
    public static ChaosSettings FromEnvironment() => new(
        Number("CHAOS_SEED") ?? RandomNumberGenerator.GetInt32(1, 1_000_000),
        TimeSpan.FromSeconds(Number("CHAOS_SECONDS") ?? DefaultSeconds),
        Environment.GetEnvironmentVariable("CHAOS_REPORT") is { Length: > 0 } file ? file : null);

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } text ? null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
            : throw new InvalidOperationException($"{variable} is '{text}': must be a whole number greater than 0");
}
