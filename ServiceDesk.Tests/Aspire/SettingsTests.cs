namespace ServiceDesk.Tests.Aspire;

[Collection(OneApplicationAtATime.Name)]
public sealed class SettingsTests
{
    [Theory]
    [InlineData("--infrastructure", "docker",
        "ServiceDesk:Infrastructure is 'docker': must be containers, local or external")]
    [InlineData("--ServiceDesk:RelayReplicas", "0", "ServiceDesk:RelayReplicas is '0': must be between 1 and 20")]
    public async Task Bad_settings_stop_the_start_with_one_line_that_says_which(
        string setting, string value, string expected)
    {
        var run = await AppHostProgram.RunAsync(setting, value);

        Assert.Equal((2, $"AppHost: {expected}"), (run.ExitCode, run.Errors));
    }

    [Fact]
    public async Task External_servers_need_their_addresses()
    {
        var run = await AppHostProgram.RunAsync(
            "--infrastructure", "external", "--ConnectionStrings:kafka", "nowhere:1");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("ConnectionStrings:servicedesk", run.Errors, StringComparison.Ordinal);
    }
}
