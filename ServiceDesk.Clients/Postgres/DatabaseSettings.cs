using ServiceDesk.Settings;

namespace ServiceDesk.Clients.Postgres;

/// <summary>How sessions are made. Where the database is, is the connection string "servicedesk".</summary>
public sealed class DatabaseSettings : ISettings
{
    /// <summary>The value of <see cref="Role"/> that leaves a service the rights of whoever it logs in as.</summary>
    public const string NoRole = "none";

    public static string Section => "Database";

    /// <summary>The Postgres role to act as instead of the service's own, or "none".</summary>
    public string? Role { get; set; }

    /// <summary>"transaction" behind a pooler that hands a server session to another client after each transaction,
    /// such as PgBouncer with <c>pool_mode=transaction</c>; else "none".</summary>
    public string Pooler { get; set; } = "none";

    /// <summary>The most connections that a process holds, unless the connection string says it.</summary>
    public int MaxPoolSize { get; set; } = 32;

    /// <summary>Whether a session may be another one after each transaction, so that nothing may be kept in
    /// it.</summary>
    public bool SessionsAreShared => Pooler == "transaction";

    public void Validate(SettingRules rules) => rules
        .InRange(MaxPoolSize, 4, 1000)
        .Must(Role is null || (Role.Length > 0 && Role.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')),
            Role, "must be a role of letters, digits and underscores, or none")
        .Must(Pooler is "none" or "transaction", Pooler, "must be none or transaction");
}
