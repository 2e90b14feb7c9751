using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace ServiceDesk.TicketApi.Http;

/// <summary>A ticket's version as its entity tag, and the conditions that callers put on it (RFC 9110, 13.1).</summary>
internal static class EntityTags
{
    public static void SetETag(this HttpResponse response, int version) =>
        response.Headers.ETag = Create(version).ToString();

    /// <summary>What <c>If-Match</c> demands of the version that is changed.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isRequired">Whether a request without the header is refused.</param>
    /// <returns>The condition, met by every version without the header; a problem if it cannot be read.</returns>
    public static Outcome<Predicate<int>> ParseIfMatch(HttpRequest request, bool isRequired)
    {
        if (request.Headers.IfMatch.Count == 0)
        {
            return isRequired ? Problems.PreconditionRequired : new Predicate<int>(_ => true);
        }

        return EntityTagHeaderValue.TryParseStrictList(request.Headers.IfMatch!, out var tags)
            ? new Predicate<int>(version => Matches(tags, version, useStrongComparison: true))
            : Problems.Validation("If-Match", "must be * or a list of entity tags such as \"3\"");
    }

    /// <summary>Whether the caller has this version already. A header that cannot be read is no condition.</summary>
    public static bool IsUnchanged(HttpRequest request, int version) =>
        request.Headers.IfNoneMatch.Count > 0
        && EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch!, out var tags)
        && Matches(tags, version, useStrongComparison: false);

    private static bool Matches(IList<EntityTagHeaderValue> tags, int version, bool useStrongComparison)
    {
        var current = Create(version);
        return tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(current, useStrongComparison));
    }

    private static EntityTagHeaderValue Create(int version) =>
        new(string.Create(CultureInfo.InvariantCulture, $"\"{version}\""));
}
