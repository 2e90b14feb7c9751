using FsCheck;
using FsCheck.Fluent;
using ServiceDesk.Clients;

namespace ServiceDesk.Tests.Unit;

public sealed class BackoffTests
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    [Fact]
    public void A_wait_doubles_with_each_attempt_up_to_the_longest_and_keeps_at_least_half() => Prop.ForAll(
        ArbMap.Default.ArbFor<PositiveInt>(), attempt =>
        {
            var bound = Math.Min(100 * Math.Pow(2, attempt.Get - 1), 5000);
            return Backoff.Delay(attempt.Get, First, Longest).TotalMilliseconds is var wait
                && wait >= bound / 2 && wait <= bound;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Waits_of_many_clients_are_spread() =>
        Assert.True(Enumerable.Range(0, 100).Select(_ => Backoff.Delay(3, First, Longest)).Distinct().Count() > 50);

    [Fact]
    public void No_number_of_attempts_overflows() =>
        Assert.InRange(Backoff.Delay(int.MaxValue, First, Longest), Longest / 2, Longest);
}
