namespace ServiceDesk.Notifier.Processing;

/// <summary>A dead letter could not be written. Its message stays where it is, and is tried again.</summary>
internal sealed class DeadLetterException(Exception cause) : Exception($"dead letter not sent: {cause.Message}", cause);
