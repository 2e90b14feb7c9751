namespace ServiceDesk.Settings;

/// <summary>Names of the connection strings, in configuration and in the AppHost alike.</summary>
public static class ConnectionNames
{
    public const string Database = "servicedesk";
    public const string Kafka = "kafka";
}
