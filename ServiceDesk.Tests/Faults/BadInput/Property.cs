using FsCheck;
using FsCheck.Fluent;

namespace ServiceDesk.Tests.Faults.BadInput;

/// <summary>Runs a check on many generated values; a failure names the value, and the seed that repeats it.</summary>
internal static class Property
{
    /// <summary>Off the test's own thread, because the generator's loop blocks it.</summary>
    public static Task HoldsAsync<T>(Gen<T> values, int times, Func<T, Task> check) => Task.Run(() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(times),
        Prop.ForAll(values.ToArbitrary(), (T value) => check(value).GetAwaiter().GetResult())));

    public static void Holds<T>(Gen<T> values, int times, Action<T> check) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(times), Prop.ForAll(values.ToArbitrary(), check));
}
