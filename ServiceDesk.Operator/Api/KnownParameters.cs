using System.Reflection;
using Microsoft.AspNetCore.Mvc;

namespace ServiceDesk.Operator.Api;

/// <summary>Refuses a parameter that an endpoint does not know: a filter with a typing error in its name would show, or
/// change, everything.</summary>
internal static class KnownParameters
{
    private const int LongestValue = 1000;

    public static EndpointFilterDelegate Check(EndpointFilterFactoryContext endpoint, EndpointFilterDelegate next)
    {
        var known = endpoint.MethodInfo.GetParameters().SelectMany(NamesOf)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        return context =>
        {
            foreach (var (name, values) in context.HttpContext.Request.Query)
            {
                ApiException.Require(known.Contains(name), name, "is no parameter of this address");
                ApiException.Require(values.Count == 1, name, "must be given once");
                ApiException.Require(
                    values[0] is not { Length: > LongestValue }, name,
                    $"must not be longer than {LongestValue} characters");
            }

            return next(context);
        };
    }

    private static IEnumerable<string> NamesOf(ParameterInfo parameter) =>
        parameter.GetCustomAttribute<AsParametersAttribute>() is null
            ? [parameter.Name!]
            : parameter.ParameterType.GetProperties()
                .Select(p => p.GetCustomAttribute<FromQueryAttribute>()?.Name ?? p.Name);
}
