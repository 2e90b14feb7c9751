namespace ServiceDesk.Tests.Faults.Checking;

/// <summary>Messages of a partition that the consumer group has not committed.</summary>
internal sealed record PartitionLag(int Partition, long Messages);
