using System.Security.Cryptography;
using System.Text;
using ServiceDesk.TicketApi.Tickets;

namespace ServiceDesk.Tests.Unit;

public sealed class RequestHashTests
{
    /// <summary>As a request goes through the rules: a default that counts would part old keys from new ones.</summary>
    [Theory]
    [InlineData("Printer on fire", "3rd floor", "Printer on fire\03rd floor")]
    [InlineData("  Printer on fire ", null, "Printer on fire\0")]
    public void Keys_of_the_first_release_still_match(string title, string? description, string hashed) => Assert.Equal(
        SHA256.HashData(Encoding.UTF8.GetBytes(hashed)),
        TicketRules.Parse(new CreateTicketRequest { Title = title, Description = description }, "key")
            .Value!.RequestHash);

    [Fact]
    public void Every_member_of_a_request_counts()
    {
        var request = new CreateTicketRequest { Title = "Printer on fire", Description = "3rd floor" };
        var members = typeof(CreateTicketRequest).GetProperties().Where(p => p.Name != nameof(request.Unknown));

        Assert.All(members, member =>
        {
            var other = request with { };
            member.SetValue(other, Example(member.PropertyType));
            Assert.NotEqual(RequestHash.Compute(request), RequestHash.Compute(other));
        });
    }

    private static object Example(Type type) =>
        type == typeof(string) ? "something else" : Activator.CreateInstance(Nullable.GetUnderlyingType(type) ?? type)!;
}
