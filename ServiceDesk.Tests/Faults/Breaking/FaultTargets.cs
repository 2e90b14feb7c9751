namespace ServiceDesk.Tests.Faults.Breaking;

/// <summary>What a fault takes hold of; two faults with a target in common do not strike together.</summary>
[Flags]
internal enum FaultTargets
{
    None = 0,
    Apis = 1,
    Relays = 2,
    Notifiers = 4,
    Broker = 8,
    Database = 16,
    Topic = 32,
}
