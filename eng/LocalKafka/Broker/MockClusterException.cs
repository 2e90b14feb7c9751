namespace LocalKafka.Broker;

/// <summary>librdkafka refused to do what was asked.</summary>
internal sealed class MockClusterException(string message) : Exception(message);
