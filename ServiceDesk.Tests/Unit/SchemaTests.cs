using ServiceDesk.Clients.Postgres;
using ServiceDesk.Migrator;

namespace ServiceDesk.Tests.Unit;

public sealed class SchemaTests
{
    [Fact]
    public void The_services_wait_for_the_newest_script_of_the_migrator()
    {
        var scripts = typeof(MigratorSettings).Assembly.GetManifestResourceNames()
            .Where(name => name.Contains(".Scripts.", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();

        Assert.Equal(Schema.RequiredScript, scripts[^1]);
    }
}
