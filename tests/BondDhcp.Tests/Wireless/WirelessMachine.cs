using BondDhcp.Tests.Beds;
using BondDhcp.Tests.Beds.Qemu;
using BondDhcp.Tests.Beds.Scenarios;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Wireless;

/// <summary>One boot for all scenarios with radios and network cards.</summary>
public sealed class WirelessMachine : IAsyncLifetime
{
    private IReadOnlyDictionary<string, BedEvidence> _evidence = new Dictionary<string, BedEvidence>();

    public async Task InitializeAsync() => _evidence = await QemuMachine.RunAsync([.. WirelessBondTests.Scenarios, .. HotPlugTests.Scenarios]);

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>What a scenario saw, which came to its end.</summary>
    public BedEvidence this[BedScenario scenario, ITestOutputHelper output]
    {
        get
        {
            BedEvidence evidence = _evidence[scenario.Name];
            output.WriteLine(evidence.ToString());
            return evidence.Failure is null ? evidence : throw new BedException($"{scenario.Name}: {evidence.Failure}\n{evidence}");
        }
    }
}

/// <summary>The classes that look at one boot; alone, because the machine takes both processors.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WirelessCollection : ICollectionFixture<WirelessMachine>
{
    public const string Name = "wireless";
}
