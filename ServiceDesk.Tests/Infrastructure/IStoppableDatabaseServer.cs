namespace ServiceDesk.Tests.Infrastructure;

/// <summary>A PostgreSQL server that a test can take away and give back.</summary>
internal interface IStoppableDatabaseServer
{
    Task StopAsync();

    Task StartAsync();
}
