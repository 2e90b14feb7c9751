namespace ServiceDesk.TicketApi.Http;

/// <summary>Ends a request with a problem document.</summary>
internal sealed class ApiException(ProblemKind problem) : Exception(problem.Detail)
{
    public ProblemKind Problem { get; } = problem;
}
