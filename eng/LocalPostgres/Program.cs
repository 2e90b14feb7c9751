using LocalPostgres;

// LocalPostgres PROGRAMS DATA PORT PASSWORD-FILE: PostgreSQL in the foreground, as the AppHost starts it.
if (args is not [var programs, var data, var port, var passwordFile])
{
    Console.Error.WriteLine("LocalPostgres: expected PROGRAMS DATA PORT PASSWORD-FILE");
    return 2;
}

try
{
    var cluster = new Cluster(new PostgresPrograms(programs), data);
    cluster.CreateIfMissing(passwordFile);
    return await cluster.ServeAsync(port);
}
catch (PostgresException failure)
{
    Console.Error.WriteLine($"LocalPostgres: {failure.Message}");
    return 1;
}
