using System.Globalization;
using System.Text.Json;
using BondDhcp.Tests.Beds;
using BondDhcp.Tests.Beds.Debian;
using BondDhcp.Tests.Package;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Systemd;

/// <summary>
/// The machine sleeps under the running service, and is woken; its wall clock is set. One boot, and each test begins bound.
/// </summary>
[Collection(DebianCollection.Name)]
public sealed class SleepingServiceTests(SleepingMachine sleeper, ITestOutputHelper output) : IClassFixture<SleepingMachine>, IDisposable
{
    private const string Bond = SleepingMachine.Bond;
    private const int ShortLeaseSeconds = 24;

    /// <summary>From the first moment at which programs run to the first message: a link comes up in it, on an emulated machine that others slow down.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(10);

    /// <summary>Between two readings that cannot be taken at one moment, and what is rounded in them.</summary>
    private static readonly TimeSpan Near = TimeSpan.FromSeconds(4);

    private DebianMachine Machine => sleeper.Machine;

    private PacketTrace Trace => Machine.Network.Trace;

    public void Dispose() => output.WriteLine(sleeper.ToString());

    [SleepFact(DisplayName = "AP-3 AP-4 D2 1.8 asleep for less than the lease: both families ask at once and keep their addresses, the kernel is told what is left, and what backups showed before counts no more")]
    public async Task Sleep_ShorterThanTheLease_IsVerified()
    {
        (string address, string address6) = await sleeper.BindAsync(SleepingMachine.HourSeconds);
        await Machine.UntilAsync("bonddhcp timeline --json | grep '\"slave\":\"ens17\",\"network\":' | tail -n 1 | grep -q '\"network\":\"same\"'");
        string process = await sleeper.ProcessAsync();
        int seen = (await sleeper.TimelineAsync()).Count, mark = Trace.Mark, gone = Gone(address, address6);
        DebianSleep sleep = await SleepAsync(TimeSpan.FromSeconds(12));
        await Machine.UntilAsync($"[ \"$(bonddhcp timeline --json | tail -n +{seen + 1} | grep -c leaseRenewed)\" -ge 1 ]");
        await sleeper.WaitUntilBoundAsync();

        IReadOnlyList<SleepEvent> events = await SinceAsync(seen);
        // The cards have no link for two seconds after a sleep. What belongs to the resume was there before that was known.
        SleepEvent[] before = [.. events.TakeWhile(one => one is not { Source: "link", Name: "carrier" })];
        Assert.Equal(["confirming", "verifying"], before.Where(one => one.Name == "state").Select(one => one["to"]).Order());
        Assert.Equal(("unknown", "not asked yet"), before.Where(one => one is { Source: "paths", Name: "network" } && one["slave"] == "ens17").Select(one => (one["network"], one["why"])).First());
        AssertAskedAtOnce(events, sleep, "dhcp4", "bound", "verifying", "DHCPREQUEST");
        AssertAskedAtOnce(events, sleep, "dhcp6", "bound", "confirming", "CONFIRM");
        // From no address in use, as a host that does not know yet where it is (RFC 2131 section 4.3.2, INIT-REBOOT).
        TracedDhcp request = FromMachine(mark).First(frame => frame.Dhcp is not null).Dhcp!;
        Assert.Equal(("REQUEST", "0.0.0.0", address, null), (request.Message, request.Source, request.RequestedAddress, request.ServerIdentifier));
        Assert.Empty(Trace.Dhcp("DISCOVER", mark));
        Assert.Equal(gone, Gone(address, address6));
        Assert.Equal((address, address6), (await sleeper.AddressAsync("dhcp4"), await sleeper.AddressAsync("dhcp6")));
        // DHCPv6 only confirmed: its end is where it was, and the kernel has slept through a part of the way there.
        await AssertKernelAgreesAsync(address, address6);
        Assert.Equal(process, await sleeper.ProcessAsync());
    }

    [SleepFact(DisplayName = "AP-3 1.8 the primary's cable is out when the machine wakes and comes back later: both families ask from the other card, ask again from the primary, and keep their addresses")]
    public async Task Sleep_ThenAnotherCard_KeepsTheAddresses()
    {
        (string address, string address6) = await sleeper.BindAsync(SleepingMachine.HourSeconds);
        int seen = (await sleeper.TimelineAsync()).Count, mark = Trace.Mark, gone = Gone(address, address6);
        DebianSleep sleep = await SleepAsync(TimeSpan.FromSeconds(4), () => Machine.SetCableAsync(0, plugged: false));
        await RenewedFromAsync(1);
        await Machine.SetCableAsync(0, plugged: true);
        await RenewedFromAsync(0);

        IReadOnlyList<SleepEvent> events = await SinceAsync(seen);
        AssertAskedAtOnce(events, sleep, "dhcp4", "bound", "verifying", "DHCPREQUEST");
        AssertAskedAtOnce(events, sleep, "dhcp6", "bound", "confirming", "CONFIRM");
        Assert.Equal(2, events.Count(one => one is { Source: "link", Name: "hardwareAddress" }));
        Assert.Empty(Trace.Dhcp("DISCOVER", mark));
        Assert.DoesNotContain(FromMachine(mark), frame => frame.Dhcp6 is { Message: "SOLICIT" });
        Assert.Equal(gone, Gone(address, address6));
        Assert.Equal((address, address6), (await sleeper.AddressAsync("dhcp4"), await sleeper.AddressAsync("dhcp6")));
        await AssertKernelAgreesAsync(address, address6);

        async Task RenewedFromAsync(int card)
        {
            await Machine.UntilAsync($"bonddhcp timeline --json | tail -n +{seen + 1} | grep leaseRenewed | grep -q '\"chaddr\":\"{DebianMachine.Cards[card].Mac}\"'");
            await sleeper.WaitUntilBoundAsync();
        }
    }

    [SleepFact(DisplayName = "AP-3 A4-24 1.8 asleep past the end of the lease: the addresses are gone before the first message, nothing is sent from them, and new leases come")]
    public async Task Sleep_LongerThanTheLease_BeginsAnew()
    {
        (string address, string address6) = await sleeper.BindAsync(ShortLeaseSeconds);
        string process = await sleeper.ProcessAsync();
        int seen = (await sleeper.TimelineAsync()).Count, mark = Trace.Mark, gone = Gone(address, address6);
        // What belongs to the lease that has just come may be said until the machine is asleep.
        DebianSleep sleep = await SleepAsync(TimeSpan.FromSeconds(ShortLeaseSeconds + 6), beforeWaking: () => mark = Trace.Mark);
        await Machine.UntilAsync($"[ \"$(bonddhcp timeline --json | tail -n +{seen + 1} | grep -c leaseBound)\" -ge 2 ]");
        await sleeper.WaitUntilBoundAsync();

        IReadOnlyList<SleepEvent> events = await SinceAsync(seen);
        AssertBeganAnew(events, sleep, "dhcp4", "DHCPDISCOVER");
        AssertBeganAnew(events, sleep, "dhcp6", "SOLICIT");
        TracedFrame[] sent = [.. FromMachine(mark)];
        TracedFrame first = sent.First(frame => frame.Dhcp is not null), first6 = sent.First(frame => frame.Dhcp6 is not null);
        Assert.Equal(("DISCOVER", "0.0.0.0"), (first.Dhcp!.Message, first.Dhcp.Source));
        Assert.DoesNotContain(sent.TakeWhile(frame => frame != first), frame => frame.Arp is { SenderIp: var sender } && sender == address);
        Assert.Equal("SOLICIT", first6.Dhcp6!.Message);
        Assert.DoesNotContain(sent.TakeWhile(frame => frame != first6), frame => frame.Nd is { } nd && (nd.Source == address6 || nd is { Type: 136, Target: var target } && target == address6));
        // The kernel, which did not count the sleep, would have had them for as long again.
        Assert.Equal(gone + 2, Gone(address, address6));
        Assert.Equal(process, await sleeper.ProcessAsync());
    }

    [SleepFact(DisplayName = "1.8 the wall clock is set a day on, back, another day back and on again while bound: nothing is sent, nothing changes, and times told are the new clock's")]
    public async Task WallClock_IsSet_ChangesNothing()
    {
        (string address, string address6) = await sleeper.BindAsync(SleepingMachine.HourSeconds);
        await AssertKernelAgreesAsync(address, address6);
        int seen = (await sleeper.TimelineAsync()).Count, mark = Trace.Mark, gone = Gone(address, address6);
        foreach (string by in (string[])["+1 day", "-1 day", "-1 day", "+1 day"])
        {
            await Machine.RunAsync($"date --set '{by}'; sleep 2");
            await AssertKernelAgreesAsync(address, address6);
        }
        Assert.Equal(gone, Gone(address, address6));
        // The gateway and the announcements of a lease that has just come belong to it.
        Assert.DoesNotContain(await SinceAsync(seen), one => one.Source.StartsWith("dhcp", StringComparison.Ordinal) && one.Name is not ("announced" or "gateway"));
        Assert.DoesNotContain(FromMachine(mark), frame => frame.Dhcp is not null || frame.Dhcp6 is not null);
        // And the client is there all the while.
        await Machine.RunAsync($"bonddhcp renew {Bond} -4 --timeout 30");
        Assert.Equal((address, address6), (await sleeper.AddressAsync("dhcp4"), await sleeper.AddressAsync("dhcp6")));
    }

    // The machine's own clocks must say so too: else nothing was tested.
    private async Task<DebianSleep> SleepAsync(TimeSpan duration, Func<Task>? meanwhile = null, Action? beforeWaking = null)
    {
        DebianSleep sleep = await Machine.SleepAsync(async () =>
        {
            if (meanwhile is not null) await meanwhile();
            await Task.Delay(duration);
            beforeWaking?.Invoke();
        });
        output.WriteLine($"{sleep}, asleep for {sleep.Duration}");
        Assert.InRange(sleep.Duration, duration - TimeSpan.FromSeconds(2), duration + AtOnce);
        return sleep;
    }

    private async Task<IReadOnlyList<SleepEvent>> SinceAsync(int seen)
    {
        IReadOnlyList<SleepEvent> events = [.. (await sleeper.TimelineAsync()).Skip(seen)];
        output.WriteLine(string.Join('\n', events));
        return events;
    }

    // How often the kernel told that one of these went.
    private int Gone(string address, string address6) => Machine.Removed(Bond, address).Count + Machine.Removed(Bond, address6).Count;

    // What comes in at the network's ports from the two cards.
    private IEnumerable<TracedFrame> FromMachine(int mark) => Trace.Frames.Skip(mark).Where(frame => DebianMachine.Cards.Any(card => card.Mac == frame.SourceMac));

    private static void AssertAskedAtOnce(IReadOnlyList<SleepEvent> events, DebianSleep sleep, string family, string from, string to, string message)
    {
        SleepEvent[] own = [.. events.Where(one => one.Source == family)];
        SleepEvent state = own.First(one => one.Name == "state"), sent = own.First(one => one.Name == "sent");
        Assert.Equal((from, to), (state["from"], state["to"]));
        Assert.Equal(message, sent["message"]);
        Assert.InRange(sent.At, sleep.AwakeAt - AtOnce, sleep.AwakeAt + AtOnce);
        Assert.Contains(own, one => one.Name == "received" && one.At >= sent.At);
        // Once for the resume, and once for each time that the link came up or changed its hardware address after it: which
        // of two cards has its link first is theirs to decide.
        int links = events.Count(one => one is { Source: "link", Name: "hardwareAddress" } || one is { Source: "link", Name: "carrier" } && one["carrier"] == bool.TrueString);
        Assert.InRange(own.Count(one => one.Name == "state" && one["to"] == to), 1, 1 + links);
        Assert.DoesNotContain(own, one => one.Name is "addressRemoved" or "leaseExpired" or "leaseLost" or "leaseBound");
    }

    private static void AssertBeganAnew(IReadOnlyList<SleepEvent> events, DebianSleep sleep, string family, string message)
    {
        SleepEvent[] own = [.. events.Where(one => one.Source == family)];
        SleepEvent[] before = [.. own.TakeWhile(one => one.Name != "sent")];
        Assert.Contains(before, one => one.Name == "leaseExpired");
        SleepEvent sent = own[before.Length];
        Assert.Equal(message, sent["message"]);
        Assert.InRange(sent.At, sleep.AwakeAt - AtOnce, sleep.AwakeAt + AtOnce);
        // Once at the resume, not once for the end of the lease and once for the resume.
        Assert.Single(own.TakeWhile(one => one.Name != "state" || one["from"] == "bound"), one => one.Name == "sent");
        Assert.Contains(own, one => one.Name == "leaseBound" && one.At >= sent.At);
    }

    // What the kernel has left of the addresses' lifetimes is what is left of the leases, by the wall clock as it is now.
    private async Task AssertKernelAgreesAsync(string address, string address6)
    {
        string[] read = (await Machine.RunAsync($"bonddhcp lease {Bond} --json | tr -d '\\n'; echo; ip -json address show dev {Bond}; date +%s.%N")).Split('\n');
        using JsonDocument leases = JsonDocument.Parse(read[0]), links = JsonDocument.Parse(read[1]);
        DateTimeOffset now = DateTimeOffset.UnixEpoch.AddSeconds(double.Parse(read[2], CultureInfo.InvariantCulture));
        JsonElement lease = leases.RootElement.GetProperty("interfaces")[0];
        JsonElement[] addresses = [.. links.RootElement.EnumerateArray().Where(link => link.TryGetProperty("addr_info", out _)).SelectMany(link => link.GetProperty("addr_info").EnumerateArray())];
        void Agrees(string one, DateTimeOffset end)
        {
            TimeSpan left = TimeSpan.FromSeconds(addresses.Single(known => known.GetProperty("local").GetString() == one).GetProperty("valid_life_time").GetInt64());
            Assert.True((end - now - left).Duration() < Near, $"{one}: the kernel has {left} left at {now:O}, the lease ends at {end:O}");
        }
        Agrees(address, lease.GetProperty("dhcp4").GetProperty("expiresAt").GetDateTimeOffset());
        Agrees(address6, lease.GetProperty("dhcp6").GetProperty("addresses")[0].GetProperty("validUntil").GetDateTimeOffset());
    }
}
