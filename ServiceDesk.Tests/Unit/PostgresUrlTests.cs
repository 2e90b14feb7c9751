using FsCheck;
using FsCheck.Fluent;
using Npgsql;
using ServiceDesk.Settings;

namespace ServiceDesk.Tests.Unit;

public sealed class PostgresUrlTests
{
    [Fact]
    public void Every_part_of_the_url_arrives()
    {
        var result = Read("postgres://me:p%40ss%3Aword@db.example:6543/my%20db?sslmode=verify-full&sslrootcert=/ca.pem&connect_timeout=7&application_name=x&options=-c%20a%3Db");

        Assert.Equal(("db.example", 6543, "my db", "me", "p@ss:word"), (result.Host, result.Port, result.Database, result.Username, result.Password));
        Assert.Equal((SslMode.VerifyFull, "/ca.pem", 7, "x", "-c a=b"), (result.SslMode, result.RootCertificate, result.Timeout, result.ApplicationName, result.Options));
    }

    [Theory]
    [InlineData("postgres://localhost")]
    [InlineData("postgresql://localhost/")]
    public void Port_database_and_user_may_be_left_out(string url)
    {
        var result = Read(url);

        Assert.Equal(("localhost", 5432, "servicedesk", null), (result.Host, result.Port, result.Database, result.Username));
    }

    [Theory]
    [InlineData("disable", SslMode.Disable)]
    [InlineData("prefer", SslMode.Prefer)]
    [InlineData("require", SslMode.Require)]
    [InlineData("verify-ca", SslMode.VerifyCA)]
    public void Ssl_modes_have_libpqs_names(string name, SslMode mode) => Assert.Equal(mode, Read($"postgres://h/d?sslmode={name}").SslMode);

    [Theory]
    [InlineData("mysql://localhost/db", "postgres://")]
    [InlineData("localhost:5432", "postgres://")]
    [InlineData("postgres:///db", "postgres://")]
    [InlineData("Host=localhost", "postgres://")]
    [InlineData("postgres://h/d?sslmode=perhaps", "sslmode")]
    [InlineData("postgres://h/d?connect_timeout=soon", "connect_timeout")]
    [InlineData("postgres://h/d?pool=5", "pool")]
    [InlineData("postgres://me:secret%0A@h/d", "control characters")]
    public void Anything_else_is_refused_with_the_rule(string url, string named) =>
        Assert.Contains(named, Assert.Throws<FormatException>(() => PostgresUrl.ToConnectionString(url)).Message, StringComparison.Ordinal);

    [Fact]
    public void Any_password_survives_when_it_is_escaped() => Prop.ForAll(
        ArbMap.Default.ArbFor<NonEmptyString>().Filter(s => s.Get.All(c => !char.IsSurrogate(c) && !char.IsControl(c))),
        password => Read($"postgres://me:{Uri.EscapeDataString(password.Get)}@h/d").Password == password.Get).QuickCheckThrowOnFailure();

    private static NpgsqlConnectionStringBuilder Read(string url) => new(PostgresUrl.ToConnectionString(url));
}
