using LocalKafka;
using LocalKafka.CommandLine;

const int BadArguments = 2;

try
{
    if (args.Contains("--help"))
    {
        Console.Out.WriteLine(Arguments.Help);
        return 0;
    }

    return await LocalBroker.RunAsync(Arguments.Parse(args));
}
catch (ArgumentFormatException bad)
{
    Console.Error.WriteLine($"LocalKafka: {bad.Message}");
    return BadArguments;
}
