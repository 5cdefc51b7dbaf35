using System.Collections.Immutable;
using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Linux;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Runner;
using BondDhcp.Net;

namespace BondDhcp.Host.Daemon;

/// <summary>
/// What an earlier run gave to interfaces and the configuration does not ask for any more, because it was changed while no
/// daemon ran: it is taken back by the records, exactly. No lease is given back; its server sees it end.
/// </summary>
/// <param name="network">Links and how they are changed.</param>
/// <param name="runtimeDirectory">Where the records are.</param>
/// <param name="bootId">The kernel's name for this boot.</param>
/// <param name="journal">Takes what happens: interface, part, report.</param>
internal sealed class AbandonedInterfaces(NetworkState network, string runtimeDirectory, string bootId, Action<string, string, Report> journal)
{
    /// <summary>Takes back what is not asked for.</summary>
    /// <param name="configuration">What is asked for.</param>
    /// <param name="isOthers">True of an interface that another daemon holds by now: it is left alone.</param>
    public void TakeBack(DaemonConfiguration configuration, Func<string, bool> isOthers)
    {
        foreach (string name in OwnershipFile.InterfacesIn(runtimeDirectory).Where(name => IsAbandoned(name, one => one.Dhcp4))) TakeBack4(name);
        foreach (string name in Ipv6OwnershipFile.InterfacesIn(runtimeDirectory).Where(name => IsAbandoned(name, one => one.Dhcp6 is not null))) TakeBack6(name);
        foreach (string name in StaticOwnershipFile.InterfacesIn(runtimeDirectory).Where(name => IsAbandoned(name, one => one.HasStatic))) TakeBackStatic(name);

        bool IsAbandoned(string name, Func<InterfaceConfiguration, bool> isAsked) =>
            configuration.Find(name) is { } one ? !isAsked(one) : !isOthers(name);
    }

    private int IndexOf(string name) => network.Table.TryFind(name, out Bond.Links.Link? link) ? link.Index : 0;

    private void TakeBack4(string name)
    {
        var record = new OwnershipFile(runtimeDirectory, name, IndexOf(name), bootId);
        Ipv4Ownership owned = record.Read(out string? warning);
        if (warning is not null) Warn(name, "dhcp4", [warning]);
        if (owned.IsEmpty) return;
        Ipv4Outcome outcome = network.Configurator.Remove(IndexOf(name), owned);
        Conclude(name, "dhcp4", owned.Addresses.Select(address => address.ToString()), outcome.Problems, record.Write(outcome.Owned));
    }

    private void TakeBack6(string name)
    {
        var record = new Ipv6OwnershipFile(runtimeDirectory, name, IndexOf(name), bootId);
        Ipv6Ownership owned = record.Read(out string? warning);
        if (warning is not null) Warn(name, "dhcp6", [warning]);
        if (owned.IsEmpty) return;
        Ipv6Outcome outcome = network.Ipv6Configurator.Remove(IndexOf(name), owned);
        Conclude(
            name, "dhcp6", owned.Addresses.Select(address => address.ToString()).Concat(owned.Routes.Select(route => route.Prefix.ToString())),
            outcome.Problems, record.Write(outcome.Owned));
    }

    private void TakeBackStatic(string name)
    {
        var record = new StaticOwnershipFile(runtimeDirectory, name, IndexOf(name), bootId);
        StaticOwnership owned = record.Read(out string? warning);
        if (warning is not null) Warn(name, "static", [warning]);
        if (owned.IsEmpty) return;
        StaticOutcome outcome = new StaticConfigurator(network.Rtnl).Remove(IndexOf(name), owned);
        Conclude(name, "static", owned.Addresses.Select(address => address.ToString()!), outcome.Problems, record.Write(outcome.Owned));
    }

    private void Conclude(string name, string source, IEnumerable<string> what, ImmutableArray<string> problems, string? recordProblem)
    {
        Warn(name, source, [$"the configuration does not ask for {source}@{name} any more: {string.Join(", ", what)} taken away"]);
        Warn(name, source, problems);
        if (recordProblem is not null) Warn(name, source, [recordProblem]);
    }

    private void Warn(string name, string source, ImmutableArray<string> messages)
    {
        foreach (string message in messages) journal(name, source, Report.Of("warning", ("message", message)));
    }
}
