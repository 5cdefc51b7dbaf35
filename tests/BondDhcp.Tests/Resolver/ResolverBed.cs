using System.Diagnostics;
using System.Net;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Control.Linux;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Resolver;
using BondDhcp.Net;
using BondDhcp.Net.Linux;
using BondDhcp.Tests.Kit;
using Xunit;

namespace BondDhcp.Tests.Resolver;

/// <summary>
/// A resolver runner in a loop that the test turns. Every program and file is the test's own: <c>resolvectl</c> is a script
/// that writes down how it was called, and systemd-resolved a socket, unless a test brings real ones.
/// </summary>
internal sealed class ResolverBed : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly EventLoop _loop = new();
    private FileDescriptor? _resolved;
    private DaemonConfiguration _configuration = new();

    public ResolverBed()
    {
        Directory.CreateDirectory(At("etc"));
        Places = new ResolverPlaces
        {
            ResolvConf = At("etc/resolv.conf"),
            ResolvedDirectory = At("resolve"),
            Resolvectl = Script("resolvectl", $"echo \"$*\" >> {At("calls")}"),
            Resolvconf = At("no-such-resolvconf"),
            StateDirectory = At("state"),
            RuntimeDirectory = At("runtime"),
        };
    }

    public ResolverPlaces Places { get; set; }

    public ResolverRunner Runner { get; private set; } = null!;

    public List<(string Interface, Report Report)> Journal { get; } = [];

    public string[] Calls => File.Exists(At("calls")) ? File.ReadAllLines(At("calls")) : [];

    public string At(string name) => Path.Combine(_directory.Path, name);

    public string Script(string name, string body)
    {
        string path = At(name);
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(path, (UnixFileMode)0x1ed); // 0755
        return path;
    }

    /// <summary>As systemd-resolved does at its start: its directory, and its socket anew.</summary>
    public void StartResolved()
    {
        StopResolved();
        Directory.CreateDirectory(Places.ResolvedDirectory);
        string socket = Path.Combine(Places.ResolvedDirectory, ResolverPlaces.ResolvedSocketName);
        File.Delete(socket);
        _resolved = UnixSocket.Listen(socket, 8);
    }

    /// <summary>It ends, and leaves its socket behind.</summary>
    public void StopResolved() => _resolved?.Dispose();

    /// <summary>Another run of the daemon; the one before is let go as after kill -9.</summary>
    public ResolverRunner Start(string configuration = "[interface.bond0]\ndhcp4 = true\n", string bootId = "boot")
    {
        Runner?.Dispose();
        Runner = new ResolverRunner(_loop, Places, bootId, (name, source, report) =>
        {
            Assert.Equal("resolver", source);
            Journal.Add((name, report));
        });
        _configuration = Read(configuration);
        Runner.Configure(_configuration);
        return Runner;
    }

    /// <summary>What the configuration of the last start has written down for an interface.</summary>
    public void OfferStatic(string name) => Runner.Offer(name, OfferFamily.Static, NetworkOffer.Of(_configuration.Find(name)!.NameServers, _configuration.Find(name)!.SearchDomains));

    public static DaemonConfiguration Read(string text)
    {
        ConfigurationResult result = ConfigurationReader.Read("test.toml", text);
        Assert.Empty(result.Problems);
        return result.Configuration!;
    }

    public void Offer4(string name, params string[] servers) => Runner.Offer(name, OfferFamily.Ipv4, new NetworkOffer { DnsServers = [.. servers.Select(IPAddress.Parse)], DomainName = "example.org" });

    public void Offer6(string name, params string[] servers) => Runner.Offer(name, OfferFamily.Ipv6, new NetworkOffer { DnsServers = [.. servers.Select(IPAddress.Parse)], SearchDomains = ["lab.example"] });

    public TimeSpan Until(Func<bool> reached, int patience = 15_000)
    {
        var clock = Stopwatch.StartNew();
        while (!reached())
        {
            _loop.Turn(5);
            if (clock.ElapsedMilliseconds > patience) Assert.Fail($"it did not come; calls:\n{string.Join('\n', Calls)}\njournal:\n{Transcript}");
        }
        return clock.Elapsed;
    }

    /// <summary>Turns the loop until nothing is left to do. The daemon itself waits no longer than <see cref="ResolverRunner.LongestSettling"/>.</summary>
    public void Settle()
    {
        bool isSettled = false;
        for (int times = 0; !isSettled && times < 10; times++)
        {
            bool told = false;
            Runner.Settle(() => told = true);
            isSettled = told; // at once: nothing is left
            Until(() => told);
        }
    }

    /// <summary>Turns the loop for a while, for what must not happen.</summary>
    public void For(int milliseconds)
    {
        var clock = Stopwatch.StartNew();
        Until(() => clock.ElapsedMilliseconds >= milliseconds);
    }

    public string[] Warnings => [.. Journal.Where(one => one.Report.Event == "warning").Select(one => $"{one.Interface}: {one.Report.Fields[0].Value}")];

    private string Transcript => string.Join('\n', Journal.Select(told => $"{told.Interface} {told.Report.Event} {string.Join(' ', told.Report.Fields.Select(one => $"{one.Name}={one.Value}"))}"));

    public void Dispose()
    {
        Runner?.Dispose();
        _loop.Dispose();
        StopResolved();
        _directory.Dispose();
    }
}
