using BondDhcp.Bond.Wpa;
using BondDhcp.Host.Supplicants;
using BondDhcp.Net.Linux;
using BondDhcp.Tests.Linux;
using Xunit;

namespace BondDhcp.Tests.Wpa;

/// <summary>With a real wpa_supplicant on a wire.</summary>
public sealed class SupplicantRunnerTests
{
    [Fact(DisplayName = "AW-1 it is started, attached to, and gone without a trace after stop")]
    public void StartAndStop_LeaveNothing() => SupplicantBed.Run(bed =>
    {
        SupplicantRunner runner = bed.Attached(bed.Make());
        Assert.Equal("running", runner.State);
        Assert.True(runner.View.IsWired);
        // Nobody at the other end speaks 802.1X.
        bed.Until(() => runner.View.PermitsFrames, "open", runner);
        ProcessIdentity process = ProcessIdentity.Of(runner.ProcessId!.Value)!.Value;
        bool done = false;
        runner.Stop(() => done = true);
        bed.Until(() => done, "stopped", runner);
        Assert.False(process.IsAlive);
        Assert.False(File.Exists(bed.Socket));
        Assert.Empty(Directory.GetFiles(bed.Path("runtime")));
        Assert.Equal("stopped", runner.State);
    });

    [Fact(DisplayName = "AW-2 killed by SIGKILL it is gone at once, and started again after a second")]
    public void Killed_IsStartedAgain() => SupplicantBed.Run(bed =>
    {
        SupplicantRunner runner = bed.Attached(bed.Make());
        int first = runner.ProcessId!.Value;
        ProcessDescriptor.Open(ProcessIdentity.Of(first)!.Value)!.Kill();
        bed.Until(() => runner.View.State == "gone", "gone", runner);
        bed.Until(() => runner.View.Presence == WpaPresence.Attached && runner.ProcessId != first, "started again", runner);
        Assert.Contains(bed.Journal, report => SupplicantBed.Words(report).Contains("ended (signal 9)", StringComparison.Ordinal));
    });

    [Fact(DisplayName = "AW-2 ended by another client with TERMINATE it is started again")]
    public void Terminated_IsStartedAgain() => SupplicantBed.Run(bed =>
    {
        SupplicantRunner runner = bed.Attached(bed.Make());
        int first = runner.ProcessId!.Value;
        bed.StartProgram("wpa_cli", "-p", bed.Path("ctrl"), "-i", "c0", "terminate");
        bed.Until(() => runner.View.Presence == WpaPresence.Attached && runner.ProcessId != first, "started again", runner);
    });

    [Fact(DisplayName = "A fault of this program ends neither the loop nor the supplicant, which is ours again a little later")]
    public void Fault_IsTheRunnersAlone() => SupplicantBed.Run(bed =>
    {
        SupplicantRunner runner = bed.Make();
        int first = 0;
        bool failed = false;
        runner.Changed += () =>
        {
            if (failed || runner.View.Presence != WpaPresence.Attached) return;
            (failed, first) = (true, runner.ProcessId!.Value);
            throw new InvalidOperationException("a fault of this program");
        };
        runner.Start();
        bed.Until(() => failed, "faulty", runner);
        bed.Until(() => runner is { State: "running", View.Presence: WpaPresence.Attached } && runner.ProcessId == first, "adopted", runner);
        Assert.Contains(bed.Journal, report => report.Event == "fault");
        Assert.False(runner.IsForeign);
    });

    [Fact(DisplayName = "The daemon was killed before it had recorded the supplicant: the next run finds it as ours")]
    public void NextRun_WithoutRecord_FindsItAsOurs() => SupplicantBed.Run(bed =>
    {
        SupplicantRunner first = bed.Attached(bed.Make());
        int pid = first.ProcessId!.Value;
        first.Dispose();
        File.Delete(SupplicantRecord.PathOf(bed.Path("runtime"), "c0"));
        SupplicantRunner second = bed.Attached(bed.Make());
        Assert.Equal(pid, second.ProcessId);
        Assert.False(second.IsForeign);
        Assert.True(File.Exists(SupplicantRecord.PathOf(bed.Path("runtime"), "c0")));
        ProcessIdentity process = ProcessIdentity.Of(pid)!.Value;
        bool done = false;
        second.Stop(() => done = true);
        bed.Until(() => done, "stopped", second);
        Assert.False(process.IsAlive);
        Assert.Empty(Directory.GetFiles(bed.Path("runtime")));
    });

    [Fact(DisplayName = "One of another interface is not ours because it writes into our log")]
    public void NextRun_WithoutRecord_OfAnotherInterface_IsNotOurs() => SupplicantBed.Run(bed =>
    {
        PrivateNetwork.Ip("link add d0 type veth peer name d1");
        PrivateNetwork.Ip("link set d0 up");
        SupplicantRunner first = bed.Attached(bed.Make());
        string log = Assert.Single(Directory.GetFiles(bed.Path("runtime"), "*.log"));
        bool done = false;
        first.Stop(() => done = true);
        bed.Until(() => done, "stopped", first);
        ChildProcess other = bed.StartProgram("sh", "-c", $"exec wpa_supplicant -q -i d0 -D wired -c {bed.ConfigurationFile} >{log} 2>&1");
        bed.Until(() => File.Exists(Path.Combine(bed.Path("ctrl"), "d0")), "a socket");
        SupplicantRunner second = bed.Make();
        second.Start();
        bed.Until(() => second.View.Presence == WpaPresence.Attached, "attached", second);
        Assert.NotEqual(other.Identity.Pid, second.ProcessId);
        Assert.False(other.TryReap(out _));
    });

    [Fact(DisplayName = "One that nobody recorded and that was started otherwise than now wanted is ended, and another takes its place")]
    public void NextRun_WithoutRecord_OtherSettings_Replaces() => SupplicantBed.Run(bed =>
    {
        SupplicantRunner first = bed.Attached(bed.Make());
        int pid = first.ProcessId!.Value;
        first.Dispose();
        File.Delete(SupplicantRecord.PathOf(bed.Path("runtime"), "c0"));
        string other = bed.Path("other.conf");
        File.Copy(bed.ConfigurationFile, other);
        SupplicantRunner second = bed.Make(other);
        second.Start();
        bed.Until(() => second.View.Presence == WpaPresence.Attached && second.ProcessId != pid, "another", second);
        Assert.Null(ProcessIdentity.Of(pid));
        Assert.False(second.IsForeign);
    });

    [Fact]
    public void NextRun_AdoptsItAsOurs() => SupplicantBed.Run(bed =>
    {
        SupplicantRunner first = bed.Attached(bed.Make());
        int pid = first.ProcessId!.Value;
        first.Dispose();
        SupplicantRunner second = bed.Attached(bed.Make());
        Assert.Equal(pid, second.ProcessId);
        Assert.False(second.IsForeign);
        bool done = false;
        second.Stop(() => done = true);
        bed.Until(() => done, "stopped", second);
        Assert.Null(ProcessIdentity.Of(pid));
    });

    [Fact]
    public void Foreign_IsFollowed_LeftAlone_AndReplacedWhenItEnds() => SupplicantBed.Run(bed =>
    {
        ChildProcess foreign = bed.StartProgram("wpa_supplicant", "-q", "-i", "c0", "-D", "wired", "-c", bed.ConfigurationFile);
        bed.Until(() => File.Exists(bed.Socket), "a foreign one");
        SupplicantRunner runner = bed.Attached(bed.Make());
        Assert.True(runner.IsForeign);
        Assert.Equal(foreign.Pid, runner.ProcessId);
        bool done = false;
        runner.Stop(() => done = true);
        bed.Until(() => done, "let go of", runner);
        Assert.True(foreign.Identity.IsAlive);
        Assert.Contains(bed.Journal, report => SupplicantBed.Words(report).Contains("is left running", StringComparison.Ordinal));
        bed.Attached(runner);
        foreign.Kill();
        bed.Until(() => runner.View.State == "gone", "gone", runner);
        bed.Until(() => runner.View.Presence == WpaPresence.Attached, "one of ours", runner);
        Assert.False(runner.IsForeign);
    });

    [Fact(DisplayName = "AW-14 a supplicant with a /tmp of its own can answer us")]
    public void PrivateTmp_IsNoObstacle() => SupplicantBed.Run(bed =>
    {
        string ours = Path.GetDirectoryName(bed.ConfigurationFile)!;
        string script = $"mount --bind {ours} /mnt && mount -t tmpfs tmpfs /tmp && mkdir -p {ours} && mount --bind /mnt {ours} "
            + $"&& exec wpa_supplicant -q -i c0 -D wired -c {bed.ConfigurationFile}";
        bed.StartProgram("unshare", "-m", "sh", "-c", script);
        bed.Until(() => File.Exists(bed.Socket), "a socket");
        Assert.True(bed.Attached(bed.Make()).IsForeign);
    });

    [Fact]
    public void BadConfiguration_IsAFailureWithTheProgramsWords() => SupplicantBed.Run(bed =>
    {
        string bad = bed.Path("bad.conf");
        File.WriteAllText(bad, "network={ bad\n");
        SupplicantRunner runner = bed.Make(bad);
        runner.Start();
        bed.Until(() => runner.State == "failed", "failed", runner);
        Assert.Contains("Invalid configuration line", runner.Why, StringComparison.Ordinal);
        Assert.Contains("does not start (exit code 255)", runner.View.Why, StringComparison.Ordinal);
    });

    [Fact]
    public void Interface_Going_EndsIt_AndComing_StartsItAgain() => SupplicantBed.Run(bed =>
    {
        SupplicantRunner runner = bed.Attached(bed.Make());
        ProcessIdentity first = ProcessIdentity.Of(runner.ProcessId!.Value)!.Value;
        PrivateNetwork.Ip("link del c0");
        bed.Until(() => runner.State == "waiting" && !first.IsAlive, "waiting", runner);
        Assert.Equal("there is no interface c0", runner.Why);
        PrivateNetwork.Ip("link add c0 type veth peer name s0");
        PrivateNetwork.Ip("link set c0 up");
        bed.Until(() => runner.View.Presence == WpaPresence.Attached, "back", runner);
        Assert.NotEqual(first.Pid, runner.ProcessId);
    });

    [Fact(DisplayName = "802.1X on a wire: closed while the authenticator asks, open when it has authorised the port")]
    public void Authenticator_OpensTheGate() => SupplicantBed.Run(bed =>
    {
        File.WriteAllText(bed.Path("users"), "\"user\" MD5 \"secret\"\n");
        File.WriteAllText(bed.Path("hostapd.conf"), $"interface=s0\ndriver=wired\nieee8021x=1\neap_server=1\neap_user_file={bed.Path("users")}\nuse_pae_group_addr=0\n");
        ChildProcess hostapd = bed.StartProgram("hostapd", bed.Path("hostapd.conf"));
        SupplicantRunner runner = bed.Attached(bed.Make());
        bed.Until(() => runner.View.AuthenticatedByEap, "authorised", runner);
        Assert.True(runner.View.PermitsFrames);
        bed.Until(() => runner.View.EapIdentity == "user", "identity", runner);
        Assert.Equal(1, runner.View.PathGeneration);
        // The same file: nothing happens. A changed one: read again, by the same process.
        int pid = runner.ProcessId!.Value;
        bed.WriteConfiguration("nobody");
        runner.Reconfigure(new SupplicantSettings("c0", bed.ConfigurationFile, SupplicantSettings.WiredDriver));
        bed.Until(() => !runner.View.PermitsFrames, "refused", runner);
        Assert.Equal(pid, runner.ProcessId);
    });
}
