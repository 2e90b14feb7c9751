namespace LocalPostgres;

/// <summary>The user who runs PostgreSQL, which refuses root: the current one, else postgres or nobody.</summary>
public sealed class ServerUser
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly string[] _become;

    private ServerUser(string? name, params string[] become) => (Name, _become) = (name, become);

    /// <summary>Null when it is the user of this process.</summary>
    public string? Name { get; }

    public static ServerUser Current { get; } = Find();

    /// <summary>A command as that user; it replaces the program that changes the user, so signals reach it.</summary>
    public string[] Command(string program, params IEnumerable<string> arguments) =>
        [.. _become, program, .. arguments];

    public bool CanEnter(string folder) =>
        Name is null || CommandRun.Of(Command("test", "-x", folder), Limit).Succeeded;

    /// <exception cref="PostgresException">It could not be given away.</exception>
    public void Give(string path)
    {
        if (Name is not null && CommandRun.Of(["chown", Name, path], Limit) is { Succeeded: false } refused)
        {
            throw new PostgresException($"{path} cannot be given to the user {Name}: {refused.Output}");
        }
    }

    private static ServerUser Find()
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
        {
            return new(null);
        }

        // Name, password, user id, group id.
        var users = File.ReadLines("/etc/passwd").Select(line => line.Split(':'))
            .Where(fields => fields.Length > 3).ToList();
        var user = users.Find(fields => fields[0] == "postgres") ?? users.Find(fields => fields[0] == "nobody")
            ?? throw new PostgresException(
                "this is root, and there is no user postgres or nobody to run PostgreSQL as");
        return new(user[0], "setpriv", $"--reuid={user[2]}", $"--regid={user[3]}", "--clear-groups", "--");
    }
}
