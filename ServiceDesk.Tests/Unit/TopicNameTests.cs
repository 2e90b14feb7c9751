using FsCheck;
using FsCheck.Fluent;
using ServiceDesk.Settings;

namespace ServiceDesk.Tests.Unit;

public sealed class TopicNameTests
{
    [Theory]
    [InlineData("tickets.events")]
    [InlineData("a")]
    [InlineData("A-Z_0.9")]
    [InlineData("...")]
    public void Names_that_Kafka_takes_are_taken(string name) => Assert.Null(TopicName.Problem(name));

    [Theory]
    [InlineData("tiсkets.events", "U+0441")]
    [InlineData("tickets events", "U+0020")]
    [InlineData("tickets/events", "U+002F")]
    [InlineData("tickets.events\n", "U+000A")]
    [InlineData("tickets🔥", "U+1F525")]
    [InlineData("", "1 to 249")]
    [InlineData(".", "'.'")]
    [InlineData("..", "'..'")]
    public void Others_are_refused_and_a_foreign_character_is_named(string name, string named) =>
        Assert.Contains(named, TopicName.Problem(name), StringComparison.Ordinal);

    [Fact]
    public void A_name_may_have_249_characters_and_no_more()
    {
        Assert.Null(TopicName.Problem(new string('t', 249)));
        Assert.NotNull(TopicName.Problem(new string('t', 250)));
    }

    [Fact]
    public void Only_the_documented_characters_are_ever_taken() => Prop.ForAll<NonEmptyString>(name =>
        TopicName.Problem(name.Get) is not null
        || name.Get.All("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-".Contains))
        .QuickCheckThrowOnFailure();
}
