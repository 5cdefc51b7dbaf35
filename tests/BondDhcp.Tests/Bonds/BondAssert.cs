using System.Text.Json;
using BondDhcp.Tests.Beds;
using BondDhcp.Tests.Beds.Scenarios;
using BondDhcp.Tests.Beds.Uml;
using Xunit;

namespace BondDhcp.Tests.Bonds;

/// <summary>What several scenarios have in common.</summary>
internal static class BondAssert
{
    public const string MacA = "02:00:00:00:0a:0a";
    public const string MacB = "02:00:00:00:0b:0b";

    /// <inheritdoc cref="UmlMachine.Slack"/>
    public static readonly TimeSpan Slack = UmlMachine.Slack;

    // From the loss of a carrier to the other slave: miimon, and 100 ms.
    private static readonly TimeSpan s_detection = TimeSpan.FromMilliseconds(200);

    /// <summary>How long the bond may take from the loss of a carrier to the other slave.</summary>
    public static readonly TimeSpan FailoverTime = s_detection + Slack;

    /// <summary>From the change in a phase to the bond's new hardware address, by the kernel's own events.</summary>
    /// <param name="seen">The scenario.</param>
    /// <param name="phase">Where to look.</param>
    /// <param name="slave">The slave that is the cause.</param>
    /// <param name="carrier">Whether it got its carrier or lost it.</param>
    /// <param name="newMac">What the bond has afterwards.</param>
    public static DateTime FailedOver(BedEvidence seen, string phase, string slave, bool carrier, string newMac)
    {
        DateTime cause = First(seen, phase, e => e.Text.Contains($": {slave}@", StringComparison.Ordinal) && e.Text.Contains("<NO-CARRIER,", StringComparison.Ordinal) != carrier);
        DateTime change = First(seen, phase, e => e.Text.Contains(": bond0: ", StringComparison.Ordinal) && e.Text.Contains($"link/ether {newMac}", StringComparison.Ordinal));
        Assert.InRange(change - cause, -seen.Slack, s_detection + seen.Slack);
        return change;
    }

    /// <summary>The client's address and routes were never taken away, and nothing was given back.</summary>
    public static void KeptTheAddress(BedEvidence seen)
    {
        Assert.DoesNotContain(seen.Events, e => e.Deleted && e.Text.Contains("192.0.2.", StringComparison.Ordinal));
        Assert.Empty(Sent(seen, "RELEASE"));
        Assert.Empty(Sent(seen, "DECLINE"));
    }

    /// <summary>Same address before and after, bound, and not for a shorter time.</summary>
    public static void SameLease(JsonElement before, JsonElement after)
    {
        Assert.Equal(("bound", before.GetProperty("address").GetString()), (after.GetProperty("state").GetString(), after.GetProperty("address").GetString()));
        Assert.Equal(before.GetProperty("clientId").GetString(), after.GetProperty("clientId").GetString());
        // The ACK of a verification renews; T1 and T2 have up to a second of jitter at each ACK.
        foreach ((string time, int jitter) in (ReadOnlySpan<(string, int)>)[("renewAt", 2), ("rebindAt", 2), ("expiresAt", 0)])
            Assert.InRange(after.GetProperty(time).GetDateTime(), before.GetProperty(time).GetDateTime().AddSeconds(-jitter), DateTime.MaxValue);
    }

    /// <summary>
    /// The client announced its address under this hardware address twice, 2 s apart (RFC 5227 section 2.3), and each
    /// of its announcements was on the wire at this port.
    /// </summary>
    public static void AnnouncedTwice(BedEvidence seen, string phase, string mac, string port)
    {
        DateTime[] announced = [.. seen.Timeline("announced", phase).Where(e => e.GetProperty("mac").GetString() == mac).Select(BedEvidence.TimeOf)];
        Assert.True(announced.Length >= 2, $"{announced.Length} announcements");
        Assert.InRange(announced[^1] - announced[0], TimeSpan.FromSeconds(2) - seen.Slack, TimeSpan.FromSeconds(2) + (2 * seen.Slack));
        foreach (DateTime at in announced)
            Assert.Contains(seen.Frames, f => f.Port == port && f.Frame.SourceMac == mac && f.Frame.Arp is { IsAnnouncement: true } arp
                && arp.SenderMac == mac && (f.Frame.At - at).Duration() < seen.Slack);
    }

    /// <summary>Every ping to the gateway was answered, under the address that the bond had then.</summary>
    public static void Reached(BedEvidence seen, string name) => Assert.Contains(", 0% packet loss", seen.Said($"reach-{name}"), StringComparison.Ordinal);

    /// <summary>The address of a lease, without its prefix length.</summary>
    public static string AddressOf(JsonElement lease) => lease.GetProperty("address").GetString()!.Split('/')[0];

    /// <summary>As <see cref="AnnouncedTwice"/>, where a phase may have more than one change of the path.</summary>
    public static void Announced(BedEvidence seen, string phase, string mac, string port)
    {
        Assert.True(seen.Timeline("announced", phase).Count(e => e.GetProperty("mac").GetString() == mac) >= 2);
        Assert.Contains(seen.Frames, f => f.Port == port && f.Frame.SourceMac == mac && seen.IsIn(phase, f.Frame.At) && f.Frame.Arp is { IsAnnouncement: true });
    }

    /// <summary>One verification in a phase, from the MAC and through the port, ended by an ACK.</summary>
    public static void VerifiedOnce(BedEvidence seen, string phase, string mac, string port)
    {
        Assert.Single(seen.Timeline("state", phase), e => e.GetProperty("to").GetString() == "verifying");
        PortFrame request = Sent(seen, "REQUEST", phase)[0];
        Assert.Equal((port, mac, mac), (request.Port, request.Frame.SourceMac, request.Frame.Dhcp!.Chaddr));
        Assert.Null(request.Frame.Dhcp.ServerIdentifier);
        Assert.NotEmpty(seen.Timeline("leaseRenewed", phase));
    }

    /// <summary>
    /// As <see cref="VerifiedOnce"/>, where a phase may have more than one change of the path: a radio loses its access point under
    /// load; a carrier comes up to a second before the kernel lets frames through, and the other slave is used meanwhile.
    /// </summary>
    public static void VerifiedAtLast(BedEvidence seen, string phase, string mac, string port)
    {
        PortFrame request = Sent(seen, "REQUEST", phase)[^1];
        Assert.Equal((port, mac, mac), (request.Port, request.Frame.SourceMac, request.Frame.Dhcp!.Chaddr));
        Assert.Null(request.Frame.Dhcp.ServerIdentifier);
        Assert.Contains(seen.Timeline("leaseRenewed", phase), e => BedEvidence.TimeOf(e) >= request.Frame.At - seen.Slack);
    }

    /// <summary>The client's DHCP messages of one type, or all, by time.</summary>
    public static IReadOnlyList<PortFrame> Sent(BedEvidence seen, string? message = null, string? phase = null) =>
        [.. seen.Frames.Where(f => f.Frame.Dhcp is { Op: 1 } dhcp && (message is null || dhcp.Message == message)
            && (phase is null || seen.IsIn(phase, f.Frame.At)))];

    private static DateTime First(BedEvidence seen, string phase, Predicate<KernelEvent> wanted)
    {
        KernelEvent? found = seen.Events.FirstOrDefault(e => e.At >= seen.At(phase) && wanted(e));
        Assert.NotNull(found);
        return found.At;
    }
}
