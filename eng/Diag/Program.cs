using Diag.CommandLine;

return await CommandRunner.RunAsync(args);
