using System.Collections.Immutable;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Store;
using BondDhcp.Host.Configuration;
using BondDhcp.Host.Journal;
using BondDhcp.Host.Loop;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Daemon;

/// <summary>Joins configuration, identity and lease store with the runners; what all interfaces share is here.</summary>
internal sealed class DaemonInterfaces(EventLoop loop, EventJournal journal, string stateDirectory) : IDisposable
{
    private readonly KernelEntropy _entropy = new();
    private readonly Dhcp4LeaseStore _leases = new(stateDirectory);
    private DaemonConfiguration? _configuration;
    private BondDhcp.Dhcp.Identity.Duid? _duid;

    /// <summary>The DUID in use.</summary>
    public ImmutableArray<byte> Duid => _duid is null ? [] : [.. _duid.Octets];

    /// <summary>Takes a configuration; true when who this host says it is differs from before.</summary>
    public bool Configure(DaemonConfiguration configuration)
    {
        DaemonConfiguration? previous = _configuration;
        _configuration = configuration;
        if (_duid is null || previous is null || !previous.Duid.AsSpan().SequenceEqual(configuration.Duid.AsSpan())) ChooseDuid(configuration);
        return previous is not null
            && (previous.HostNameSource != configuration.HostNameSource || previous.HostName != configuration.HostName
                || previous.ClientIdentifierForm != configuration.ClientIdentifierForm
                || !previous.ClientIdentifier.AsSpan().SequenceEqual(configuration.ClientIdentifier.AsSpan())
                || !previous.Duid.AsSpan().SequenceEqual(configuration.Duid.AsSpan()));
    }

    /// <summary>TEMPORARY</summary>
    public IDhcp4Component Create(InterfaceConfiguration one) => throw new IOException($"no runner {one.Name} {loop}");

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void ChooseDuid(DaemonConfiguration configuration)
    {
        BondDhcp.Dhcp.Identity.Duid? configured = BondDhcp.Dhcp.Identity.Duid.TryCreate(configuration.Duid.AsSpan(), out BondDhcp.Dhcp.Identity.Duid? octets) ? octets : null;
        DuidChoice choice = new DuidStore(stateDirectory).Choose(configured, configured is null ? _leases.FindDuid() : null, MachineId.Read(), _entropy);
        _duid = choice.Duid;
        foreach (string warning in choice.Warnings) journal.Record("", "identity", Report.Of("warning", ("message", warning)));
    }
}
