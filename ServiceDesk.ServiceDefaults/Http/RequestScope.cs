using System.Collections;

namespace ServiceDesk.ServiceDefaults.Http;

/// <summary>The request id as a log scope, without an array of pairs for every request.</summary>
internal sealed class RequestScope(string requestId) : IReadOnlyList<KeyValuePair<string, object?>>
{
    public int Count => 1;

    public KeyValuePair<string, object?> this[int index] => new("request_id", requestId);

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        yield return this[0];
    }

    public override string ToString() => $"request_id:{requestId}";

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
