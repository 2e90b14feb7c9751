namespace ServiceDesk.Tests.Infrastructure;

/// <summary>A PostgreSQL server that a test can take away and give back.</summary>
internal interface IStoppableDatabaseServer
{
    Task StopAsync();

    /// <summary>Without warning, as when its process is killed; the next start recovers from the log.</summary>
    Task CrashAsync();

    Task StartAsync();
}
