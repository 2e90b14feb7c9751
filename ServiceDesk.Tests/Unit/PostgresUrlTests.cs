using FsCheck;
using FsCheck.Fluent;
using Npgsql;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.Settings;

namespace ServiceDesk.Tests.Unit;

public sealed class PostgresUrlTests
{
    [Fact]
    public void Every_part_of_the_url_arrives()
    {
        var result = Read(
            "postgres://me:p%40ss%3Aword@db.example:6543/my%20db?sslmode=verify-full&sslrootcert=/ca.pem"
            + "&connect_timeout=7&application_name=x&options=-c%20a%3Db");

        Assert.Equal(
            ("db.example", 6543, "my db", "me", "p@ss:word"),
            (result.Host, result.Port, result.Database, result.Username, result.Password));
        Assert.Equal(
            (SslMode.VerifyFull, "/ca.pem", 7, "x", "-c a=b"),
            (result.SslMode, result.RootCertificate, result.Timeout, result.ApplicationName, result.Options));
    }

    [Theory]
    [InlineData("postgres://localhost")]
    [InlineData("postgresql://localhost/")]
    public void Port_database_and_user_may_be_left_out(string url)
    {
        var result = Read(url);

        Assert.Equal(
            ("localhost", 5432, "servicedesk", null), (result.Host, result.Port, result.Database, result.Username));
    }

    [Theory]
    [InlineData("disable", SslMode.Disable)]
    [InlineData("prefer", SslMode.Prefer)]
    [InlineData("require", SslMode.Require)]
    [InlineData("verify-ca", SslMode.VerifyCA)]
    public void Ssl_modes_have_libpqs_names(string name, SslMode mode) =>
        Assert.Equal(mode, Read($"postgres://h/d?sslmode={name}").SslMode);

    [Theory]
    [InlineData("postgres://a,b:6543,[::1]:7654/d", "a:5432,b:6543,[::1]:7654", 5432)]
    [InlineData("postgres://a,b/d?port=6543", "a:6543,b:6543", 5432)]
    [InlineData("postgres://a,b/d?port=6543,7654", "a:6543,b:7654", 5432)]
    [InlineData("postgresql://[2001:db8::1]:6543/d", "2001:db8::1", 6543)]
    [InlineData("postgres://[::1]/d", "::1", 5432)]
    [InlineData("postgres://db%2Dx.example/d", "db-x.example", 5432)]
    [InlineData("postgres:///d?host=/var/run/postgresql", "/var/run/postgresql", 5432)]
    [InlineData("postgres:///d?host=/var/run/postgresql&port=6543", "/var/run/postgresql", 6543)]
    [InlineData("postgres://%2Fvar%2Frun%2Fpostgresql:6543/d", "/var/run/postgresql", 6543)]
    [InlineData("postgres://me@/d?host=a,b", "a:5432,b:5432", 5432)]
    [InlineData("postgres:///d?hostaddr=10.0.0.1", "10.0.0.1", 5432)]
    public void Hosts_ports_and_sockets_are_found_wherever_libpq_takes_them(string url, string host, int port)
    {
        var result = Read(url);

        Assert.Equal((host, port, "d"), (result.Host, result.Port, result.Database));
    }

    [Fact]
    public void Parameters_of_clouds_and_drivers_arrive()
    {
        var result = Read("postgresql://ignored:ignored@h/ignored?user=me&password=p%26w&dbname=d" +
            "&channel_binding=require&sslmode=verify-full&sslrootcert=system&sslcert=/c.pem&sslkey=/k.pem" +
            "&keepalives=1&keepalives_idle=30&keepalives_interval=10&keepalives_count=3" +
            "&tcp_user_timeout=1000&gssencmode=disable&fallback_application_name=x&client_encoding=UTF8");

        Assert.Equal(("me", "p&w", "d"), (result.Username, result.Password, result.Database));
        Assert.Equal((ChannelBinding.Require, null, "/c.pem", "/k.pem"),
            (result.ChannelBinding, result.RootCertificate, result.SslCertificate, result.SslKey));
        Assert.Equal((true, 30, 10), (result.TcpKeepAlive, result.TcpKeepAliveTime, result.TcpKeepAliveInterval));
        Assert.Equal((GssEncryptionMode.Disable, "x"), (result.GssEncryptionMode, result.ApplicationName));
    }

    [Theory]
    [InlineData("postgres://a,b/d", "read-write")]
    [InlineData("postgres://a,b/d?target_session_attrs=any", "read-write")]
    [InlineData("postgres://a,b/d?target_session_attrs=primary", "read-write")]
    [InlineData("postgres://a/d?target_session_attrs=read-write", null)]
    public void Of_several_hosts_the_one_that_takes_writes_is_asked_for(string url, string? target) =>
        Assert.Equal(target, new NpgsqlConnectionStringBuilder(
            DatabaseExtensions.WithDefaults(PostgresUrl.ToConnectionString(url), "x")).TargetSessionAttributes);

    [Theory]
    [InlineData("mysql://localhost/db", "postgres://")]
    [InlineData("localhost:5432", "postgres://")]
    [InlineData("postgres:///db", "postgres://")]
    [InlineData("Host=localhost", "postgres://")]
    [InlineData("postgres://h/d?sslmode=perhaps", "sslmode")]
    [InlineData("postgres://h/d?sslmode=2", "must be one of disable, allow, prefer, require, verify-ca, verify-full")]
    [InlineData("postgres://h/d?sslmode=VerifyFull", "sslmode")]
    [InlineData("postgres://h/d?channel_binding=1", "channel_binding")]
    [InlineData("postgres://h/d?keepalives_idle=-1", "keepalives_idle")]
    [InlineData("postgres://h/d?target_session_attrs=writable", "target_session_attrs")]
    [InlineData("postgres://h/d?pgbouncer=true", "Database__Pooler=transaction")]
    [InlineData("postgres://a,b,c/d?port=1,2", "2 ports for 3 hosts")]
    [InlineData("postgres://a,/d", "names no host")]
    [InlineData("postgres://h:70000/d", "'70000'")]
    [InlineData("postgres://h:port/d", "'port'")]
    [InlineData("postgres://h/d?connect_timeout=soon", "connect_timeout")]
    [InlineData("postgres://h/d?pool=5", "pool")]
    [InlineData("postgres://me:secret%0A@h/d", "control characters")]
    public void Anything_else_is_refused_with_the_rule(string url, string named) =>
        Assert.Contains(
            named, Assert.Throws<FormatException>(() => PostgresUrl.ToConnectionString(url)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Any_password_survives_when_it_is_escaped() => Prop.ForAll(
        ArbMap.Default.ArbFor<NonEmptyString>().Filter(s => s.Get.All(c => !char.IsSurrogate(c) && !char.IsControl(c))),
        password => Read($"postgres://me:{Uri.EscapeDataString(password.Get)}@h/d").Password == password.Get)
        .QuickCheckThrowOnFailure();

    private static NpgsqlConnectionStringBuilder Read(string url) => new(PostgresUrl.ToConnectionString(url));
}
