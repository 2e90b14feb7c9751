using System.Security.Cryptography;
using System.Text;
using ServiceDesk.TicketApi.Tickets;

namespace ServiceDesk.Tests.Unit;

public sealed class RequestHashTests
{
    [Fact]
    public void Keys_of_the_first_release_still_match() => Assert.Equal(
        SHA256.HashData(Encoding.UTF8.GetBytes("Printer on fire\03rd floor")),
        RequestHash.Compute(new CreateTicketRequest { Title = "Printer on fire", Description = "3rd floor" }));

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
