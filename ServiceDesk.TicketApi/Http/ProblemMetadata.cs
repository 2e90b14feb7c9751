namespace ServiceDesk.TicketApi.Http;

internal static class ProblemMetadata
{
    /// <summary>Documents the errors that endpoints can answer. The framework's ProducesProblem would describe them without
    /// the members that are ours, and by a type that the source-generated JSON does not know.</summary>
    public static T Reports<T>(this T endpoints, params int[] statuses) where T : IEndpointConventionBuilder
    {
        foreach (var status in statuses)
        {
            endpoints.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(Problem), [Problem.ContentType]));
        }

        return endpoints;
    }
}
