using FsCheck;
using FsCheck.Fluent;
using ServiceDesk.Settings;

namespace ServiceDesk.Tests.Unit;

public sealed class DurationTests
{
    [Theory]
    [InlineData("50ms", 50)]
    [InlineData("0s", 0)]
    [InlineData("5s", 5_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("1m30s", 90_000)]
    [InlineData("2h", 7_200_000)]
    [InlineData("1h1m1s1ms", 3_661_001)]
    [InlineData("00:00:05", 5_000)]
    [InlineData("1.00:00:00", 86_400_000)]
    public void Both_spellings_are_understood(string text, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Duration.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("5 s")]
    [InlineData("5s ")]
    [InlineData("5S")]
    [InlineData("5d")]
    [InlineData("1e3s")]
    [InlineData(".5s")]
    [InlineData("5.s")]
    [InlineData("５s")]
    [InlineData("99999999999999999999h")]
    [InlineData("00:00:99")]
    public void Anything_else_is_refused_with_the_rule(string text) =>
        Assert.Contains(
            "must be a duration", Assert.Throws<FormatException>(() => Duration.Parse(text)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Parts_add_up() => Prop.ForAll(
        ArbMap.Default.ArbFor<ushort>(), ArbMap.Default.ArbFor<ushort>(), ArbMap.Default.ArbFor<ushort>(),
        (minutes, seconds, milliseconds) => Duration.Parse($"{minutes}m{seconds}s{milliseconds}ms")
            == new TimeSpan(0, 0, minutes, seconds, milliseconds)).QuickCheckThrowOnFailure();
}
