using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using BondDhcp.Net.Linux;

namespace BondDhcp.Tests.Linux;

/// <summary>
/// Runs a test on a thread of its own in a new network namespace that holds a veth pair, c0 (the client's) and s0 (the
/// server's), both up. Sockets and child processes made on that thread are in it; it is gone with its last descriptor.
/// </summary>
internal static partial class PrivateNetwork
{
    public const string ClientMac = "02:00:00:00:00:0c";
    public const string ServerMac = "02:00:00:00:00:05";

    private const int CloneNewNet = 0x4000_0000;

    public static void Run(Action test)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                if (Unshare(CloneNewNet) != 0) throw LinuxException.Last("unshare");
                Ip("link set lo up");
                Ip($"link add c0 address {ClientMac} type veth peer name s0 address {ServerMac}");
                // No router solicitations or multicast reports among the frames that are looked at.
                foreach (string name in (string[])["c0", "s0"])
                {
                    // What is under /proc/sys/net is the calling thread's.
                    string ipv6 = $"/proc/sys/net/ipv6/conf/{name}/disable_ipv6";
                    if (File.Exists(ipv6)) File.WriteAllText(ipv6, "1");
                    Ip($"link set {name} up");
                }
                AwaitUp("c0", "s0");
                test();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    /// <summary>
    /// Waits until interfaces are operational: the kernel activates their queues a little after the carrier came, and
    /// drops what is sent before that.
    /// </summary>
    public static void AwaitUp(params ReadOnlySpan<string> names)
    {
        var clock = Stopwatch.StartNew();
        foreach (string name in names)
        {
            while (!Ip($"-o link show {name}").Contains("state UP", StringComparison.Ordinal))
                if (clock.Elapsed > TimeSpan.FromSeconds(10)) throw new TimeoutException($"{name} does not come up");
        }
    }

    /// <summary>ip(8) with these arguments, in the namespace of the calling thread.</summary>
    public static string Ip(string arguments) => Command("ip", arguments);

    /// <summary>A program's output; fails when its exit code is not 0.</summary>
    public static string Command(string program, string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        string output = process.StandardOutput.ReadToEnd();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} {arguments}: {error}");
    }

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);
}
