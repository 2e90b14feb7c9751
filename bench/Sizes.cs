namespace ServiceDesk.Bench;

/// <summary>How much is measured, how long and how often.</summary>
internal sealed record Sizes
{
    /// <summary>What the published figures are made with; takes about an hour.</summary>
    public static readonly Sizes Full = new();

    /// <summary>Enough to see that everything runs; the figures mean little.</summary>
    public static readonly Sizes Quick = new()
    {
        ApiRounds = 2,
        ApiSlice = TimeSpan.FromSeconds(4),
        ApiWarmUp = TimeSpan.FromSeconds(4),
        RelayRounds = 2,
        RelayTickets = 5_000,
        HistoryRows = 1_000_000,
        BacklogTickets = 25_000,
        NotifierRounds = 2,
        NotifierMessages = 20_000,
        PipelineRounds = 1,
        LatencySpan = TimeSpan.FromSeconds(5),
        IdleSpan = TimeSpan.FromSeconds(10),
        LoadSpan = TimeSpan.FromSeconds(5),
    };

    public int ApiRounds { get; init; } = 3;

    /// <summary>Length of one measurement of the API or of pgbench.</summary>
    public TimeSpan ApiSlice { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Before the first one, so that the API runs the code it settles on.</summary>
    public TimeSpan ApiWarmUp { get; init; } = TimeSpan.FromSeconds(15);

    public int RelayRounds { get; init; } = 3;

    /// <summary>Tickets in the backlog; each has <see cref="EventsPerTicket"/> events.</summary>
    public int RelayTickets { get; init; } = 50_000;

    public int EventsPerTicket { get; init; } = 4;

    /// <summary>Sent rows that are in the table already, for the drain with a history.</summary>
    public int HistoryRows { get; init; } = 10_000_000;

    /// <summary>Tickets in the long backlog.</summary>
    public int BacklogTickets { get; init; } = 2_500_000;

    public int NotifierRounds { get; init; } = 3;

    public int NotifierMessages { get; init; } = 200_000;

    public int PipelineRounds { get; init; } = 3;

    /// <summary>Length of the measurement at each rate.</summary>
    public TimeSpan LatencySpan { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan IdleSpan { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan LoadSpan { get; init; } = TimeSpan.FromSeconds(30);

    public int ColdStarts { get; init; } = 3;

    public int RelayEvents => RelayTickets * EventsPerTicket;
}
