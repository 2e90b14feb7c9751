namespace DbUp.Builder;

/// <summary>Carries the extension method that names the database.</summary>
public sealed class SupportedDatabases;
