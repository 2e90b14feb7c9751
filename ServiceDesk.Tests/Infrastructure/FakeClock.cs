namespace ServiceDesk.Tests.Infrastructure;

/// <summary>libfaketime: a program that is started with it takes its time from a file.</summary>
internal static class FakeClock
{
    /// <summary>The library, or null where it is not installed.</summary>
    public static string? Library { get; } = new[] { "/usr/lib", "/usr/local/lib", "/usr/lib64" }
        .Where(Directory.Exists)
        .SelectMany(folder => Directory.GetDirectories(folder).Append(folder))
        .Select(folder => Path.Combine(folder, "faketime", "libfaketime.so.1")).FirstOrDefault(File.Exists);

    /// <summary>Variables for such a program. Waits are not faked, only what time it is.</summary>
    public static string[] Environment(string file) =>
    [
        $"LD_PRELOAD={Library}", $"FAKETIME_TIMESTAMP_FILE={file}", "FAKETIME_CACHE_DURATION=1",
        "FAKETIME_DONT_FAKE_MONOTONIC=1",
    ];
}
