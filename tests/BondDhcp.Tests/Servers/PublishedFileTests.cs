using System.Diagnostics;
using BondDhcp.Tests.Beds;
using BondDhcp.Tests.Kit;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Servers;

/// <summary>What is delivered: one file, which needs nothing but the C library. (<c>scripts/publish</c> refuses a build with any warning, those of trimming and NativeAOT among them.)</summary>
public sealed class PublishedFileTests(ITestOutputHelper output)
{
    private const long MaxBytes = 10 * 1024 * 1024;

    /// <summary>Libraries the runtime loads where a program hashes, encrypts or compares text by culture.</summary>
    private static readonly string[] Unwanted = ["libssl", "libcrypto", "libicu", "libSystem.", "libcoreclr"];

    [PublishedFact(DisplayName = "AP-13 the file: at most 10 MB, runs alone, and neither links nor loads OpenSSL or ICU")]
    public async Task File_AloneInADirectory_RunsWithTheCLibraryOnly()
    {
        Assert.InRange(new FileInfo(BondDhcpProcess.Binary).Length, 1, MaxBytes);
        AssertNoneUnwanted(Programs.Run("ldd", BondDhcpProcess.Binary));
        using TemporaryDirectory elsewhere = new();
        string alone = Path.Combine(elsewhere.Path, "bonddhcp");
        File.Copy(BondDhcpProcess.Binary, alone);
        Assert.Matches(@"^bonddhcp \d+\.\d+\.\d+\n$", Programs.Run(alone, "--version"));

        await using Scene scene = await Scene.BindAsync(output, ServerConfiguration.DnsmasqDefault);
        await scene.Client.MustAsync("status");
        string maps = File.ReadAllText($"/proc/{scene.Client.Daemon.Id}/maps");
        Assert.Contains(Path.GetFileName(BondDhcpProcess.Binary), maps, StringComparison.Ordinal);
        AssertNoneUnwanted(maps);
    }

    [PublishedFact(DisplayName = "AP-13 --version: ends within 50 ms of its start")]
    public void Version_OfThePublishedFile_ComesAtOnce()
    {
        // The best of several: what the program needs, not what the machine does beside it.
        TimeSpan best = Enumerable.Range(0, 10).Min(_ =>
        {
            long start = Stopwatch.GetTimestamp();
            Programs.Run(BondDhcpProcess.Binary, "--version");
            return Stopwatch.GetElapsedTime(start);
        });
        output.WriteLine($"{best.TotalMilliseconds} ms");
        Assert.InRange(best, TimeSpan.Zero, TimeSpan.FromMilliseconds(50));
    }

    private static void AssertNoneUnwanted(string list) =>
        Assert.All(Unwanted, library => Assert.DoesNotContain(library, list, StringComparison.Ordinal));

    /// <summary>A fact about the published file; skipped where the tests run without one.</summary>
    private sealed class PublishedFactAttribute : FactAttribute
    {
        public PublishedFactAttribute()
        {
            if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("BONDDHCP_BINARY"))) Skip = "BONDDHCP_BINARY does not name the published file";
        }
    }
}
