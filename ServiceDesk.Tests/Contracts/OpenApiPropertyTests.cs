using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using ServiceDesk.Tests.Faults.BadInput;
using ServiceDesk.Tests.Infrastructure;
using ServiceDesk.Tests.Integration.Http;
using Property = ServiceDesk.Tests.Faults.BadInput.Property;

namespace ServiceDesk.Tests.Contracts;

/// <summary>Requests made up from the document, good and bad: every answer fits it, and none is 5xx (P7). The variable
/// <c>CONTRACT_INPUTS</c> asks for more of them.</summary>
[Collection(TicketApiTests.Name)]
public sealed class OpenApiPropertyTests(TicketApiFixture api)
{
    /// <summary>So many that even the rarest status, one in hundreds, comes for certain.</summary>
    private const int Times = 4_000;

    /// <summary>Longer ones never reach the API: the server has its own limits.</summary>
    private const int LongestText = 300;

    private static readonly string[] MediaTypes =
        ["application/json", "application/merge-patch+json", "application/json; charset=utf-8", "text/plain"];

    private static int Count =>
        Environment.GetEnvironmentVariable("CONTRACT_INPUTS") is { Length: > 0 } wanted
            ? int.Parse(wanted, CultureInfo.InvariantCulture)
            : Times;

    private static Gen<ApiRequest> Requests =>
        from operation in Gen.Elements(OpenApiDocument.Current.Operations.ToArray())
        from parameters in Gen.CollectToList(operation.Parameters, Parameter)
        from body in Body(operation)
        from mediaType in Gen.Frequency((8, Gen.Constant(MediaTypes[0])), (2, Gen.Elements(MediaTypes)))
        select new ApiRequest(operation)
        {
            Parameters = [.. parameters.Where(p => p.Value is not null).Select(p => (p.Parameter, p.Value!))],
            Body = body,
            MediaType = mediaType,
        };

    [Fact]
    public async Task Every_answer_fits_the_document_whatever_is_sent()
    {
        var tickets = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => api.Client.CreateAsync()));
        var statuses = new HashSet<int>();
        var sent = 0;

        await Property.HoldsAsync(Requests, Count, async request =>
        {
            var answer = await request.SendAsync(api.Client, tickets[sent++ % tickets.Length]);
            request.Operation.Fits(answer);
            Assert.InRange(answer.Status, 200, 499);
            statuses.Add(answer.Status);
        });

        // Enough of it gets far, and enough does not.
        Assert.Superset(new HashSet<int> { 200, 201, 304, 400, 404, 409, 412, 415, 422 }, statuses);
    }

    private static Gen<(JsonObject Parameter, string? Value)> Parameter(JsonObject parameter)
    {
        var place = parameter["in"]!.GetValue<string>();
        var any = Inputs.Text.Select(text => Usable(place, text));
        return Gen.Frequency(
            (6, Gen.Constant<string?>(null)),
            (2, Gen.Constant<string?>(parameter["example"]!.ToString())),
            (1, Near(parameter["schema"]!).Select(near => Usable(place, near))),
            (2, Known(parameter["name"]!.GetValue<string>()) ?? any),
            (1, any)).Select(value => (parameter, value));
    }

    /// <summary>What is right, or almost, for a header that the schema says little of: keys so few that they are used
    /// again, and tags that match at times.</summary>
    private static Gen<string?>? Known(string header) => header switch
    {
        "Idempotency-Key" =>
            from number in Gen.Choose(0, 9)
            from form in Gen.Elements(
                "key-{0}", "\"key-{0}\"", "\"key\\\"{0}\"", "\"key{0}", "\"\\{0}\"", "key-{0}, key")
            select (string?)string.Format(CultureInfo.InvariantCulture, form, number),
        "If-Match" or "If-None-Match" =>
            from version in Gen.Choose(0, 4)
            from form in Gen.Elements(
                "\"{0}\"", "W/\"{0}\"", "\"9\", \"{0}\"", "*", "{0}", "\"{0}", "*, \"{0}\"", ",")
            select (string?)string.Format(CultureInfo.InvariantCulture, form, version),
        _ => null,
    };

    /// <summary>At the bounds of the schema, and just beyond.</summary>
    private static Gen<string> Near(JsonNode schema)
    {
        var known = OpenApiDocument.Current.Resolve(schema);
        return known["enum"] is JsonArray values ? Gen.Elements(values.Select(v => v!.ToString()).ToArray())
            : known["maximum"] is { } maximum ? Gen.Choose(-1, maximum.GetValue<int>() + 1).Select(n => $"{n}")
            : Gen.Choose(0, (int?)known["maxLength"] + 1 ?? 60).Select(length => new string('x', length));
    }

    /// <summary>What the client can send in that place: an address that stays the operation's, a header of visible
    /// characters.</summary>
    private static string? Usable(string place, string text)
    {
        var cut = text.Length > LongestText ? text[..LongestText] : text;
        return place switch
        {
            "header" => new string([.. cut.Where(c => c is >= ' ' and < '\x7f')]).Trim() is { Length: > 0 } visible
                ? visible
                : null,
            // An empty one leads to the list, and clients take dots and what only directs the text out of a path.
            "path" => $"x{string.Concat(cut.EnumerateRunes())}",
            // No address can carry half of a surrogate pair.
            _ => string.Concat(cut.EnumerateRunes()),
        };
    }

    private static Gen<string?> Body(ApiOperation operation)
    {
        var content = operation.Bodies.FirstOrDefault().Value;
        if (content is null)
        {
            return Gen.Constant<string?>(null);
        }

        var schema = OpenApiDocument.Current.Resolve(content["schema"]!);
        var names = schema["properties"]!.AsObject().Select(p => p.Key).ToArray();
        var examples = content["examples"]!.AsObject().Select(e => e.Value!["value"]!.ToJsonString()).ToArray();
        return Gen.Frequency(
            (4, Gen.Elements(examples).Select(e => (string?)e)),
            (2, Gen.Elements("open", "in_progress", "resolved", "closed", "x")
                .Select(s => (string?)$$"""{"status":"{{s}}"}""")),
            (2, Inputs.ObjectWith(names).Select(b => (string?)b)),
            (1, Inputs.Text.Select(t => (string?)JsonSerializer.Serialize(new { title = t }))),
            (1, Inputs.Text.Select(t => (string?)t)));
    }
}
