namespace ServiceDesk.AppHost.Ports;

/// <summary>A port of this machine that a resource takes, and the setting that says which.</summary>
internal sealed record PortAnnotation(int Port, string Setting) : IResourceAnnotation;
