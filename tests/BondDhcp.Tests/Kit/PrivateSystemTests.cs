using BondDhcp.Tests.Linux;
using Xunit;

namespace BondDhcp.Tests.Kit;

/// <summary>That what runs in the private system is kept from this machine, children included.</summary>
public sealed class PrivateSystemTests
{
    [Fact]
    public void PrivateSystem_OfAChild_HasNothingOfThisMachinesToWrite()
    {
        string outside = PrivateNetwork.Command("stat", "-c %d:%i /etc/resolv.conf /etc /run /tmp");
        PrivateMounts.WithPrivateSystem(() =>
        {
            string[] inside = PrivateNetwork.Command("stat", "-c %d:%i /etc/resolv.conf /etc /run /tmp").Split('\n');
            foreach (string one in outside.Split('\n', StringSplitOptions.RemoveEmptyEntries)) Assert.DoesNotContain(one, inside);
            // test(1) asks access(2), which says no for a file system that is read-only.
            foreach (string directory in (string[])["/", "/usr", "/var", "/root", "/opt", "/usr/sbin", "/usr/lib"])
                Assert.Throws<InvalidOperationException>(() => PrivateNetwork.Command("test", $"-w {directory}"));
            foreach (string directory in (string[])["/etc", "/run", "/tmp"]) PrivateNetwork.Command("test", $"-w {directory}");
        });
        Assert.Equal(outside, PrivateNetwork.Command("stat", "-c %d:%i /etc/resolv.conf /etc /run /tmp"));
    }
}
