using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ServiceDesk.Tests.Infrastructure;

/// <summary>kill(2): .NET can kill a process, but neither ask it to stop nor freeze it.</summary>
internal static partial class PosixSignals
{
    public const int Terminate = 15;

    public static readonly int Stop = OperatingSystem.IsMacOS() ? 17 : 19;
    public static readonly int Continue = OperatingSystem.IsMacOS() ? 19 : 18;

    public static void Send(int process, int signal)
    {
        if (Kill(process, signal) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"signal {signal} to process {process}");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
