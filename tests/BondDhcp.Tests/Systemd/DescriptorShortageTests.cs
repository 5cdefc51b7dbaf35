using System.Runtime.InteropServices;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Systemd;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Systemd;

/// <summary>Tests that take something from the whole process run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ShortageCollection
{
    public const string Name = "shortage";
}

/// <summary>No descriptor is left in this process: the limit is below what is open already.</summary>
[Collection(ShortageCollection.Name)]
public sealed class DescriptorShortageTests
{
    private const int RLIMIT_NOFILE = 7;

    [DllImport("libc", SetLastError = true)]
    private static extern int prlimit(int process, int resource, [In] ulong[]? wanted, [Out] ulong[]? before);

    private static void WithoutDescriptors(Action action)
    {
        ulong[] before = new ulong[2];
        Assert.Equal(0, prlimit(0, RLIMIT_NOFILE, null, before));
        Assert.Equal(0, prlimit(0, RLIMIT_NOFILE, [3, before[1]], null));
        try
        {
            action();
        }
        finally
        {
            Assert.Equal(0, prlimit(0, RLIMIT_NOFILE, before, null));
        }
    }

    [Fact(DisplayName = "Without a descriptor left the service manager hears on: a daemon that lives is not taken for dead, and nothing that it is told ends the daemon")]
    public void Notifier_WithoutDescriptors_IsHeard()
    {
        using TemporaryDirectory directory = new();
        using EventLoop loop = new();
        using DatagramReader manager = new(Path.Combine(directory.Path, "notify"));
        using ServiceNotifier notifier = new(loop, name => name == "NOTIFY_SOCKET" ? manager.Path : null);
        notifier.Status("begins");
        WithoutDescriptors(() =>
        {
            Assert.ThrowsAny<Exception>(() => new DatagramReader(Path.Combine(directory.Path, "other")));
            notifier.Ready();
            notifier.Status("a");
        });
        Assert.Equal(["STATUS=begins", "READY=1", "STATUS=a"], [manager.TryRead()!.Text, manager.TryRead()!.Text, manager.TryRead()!.Text]);
    }

    [Fact(DisplayName = "One that began without a descriptor left ends nothing, and speaks as soon as there is one")]
    public void Notifier_BegunWithoutDescriptors_SpeaksLater()
    {
        using TemporaryDirectory directory = new();
        using EventLoop loop = new();
        using DatagramReader manager = new(Path.Combine(directory.Path, "notify"));
        ServiceNotifier? notifier = null;
        WithoutDescriptors(() =>
        {
            notifier = new(loop, name => name == "NOTIFY_SOCKET" ? manager.Path : null);
            notifier.Ready();
        });
        Assert.Null(manager.TryRead());
        notifier!.Reloading();
        notifier.Ready();
        Assert.StartsWith("RELOADING=1", manager.TryRead()!.Text, StringComparison.Ordinal);
        Assert.Equal("READY=1", manager.TryRead()!.Text);
        notifier.Dispose();
    }
}
