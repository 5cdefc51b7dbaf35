using BondDhcp.Tests.Beds;
using BondDhcp.Tests.Beds.Scenarios;
using BondDhcp.Tests.Beds.Uml;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Bonds;

/// <summary>One boot for all scenarios on the kernel's own bonding driver.</summary>
public sealed class BondMachine : IAsyncLifetime
{
    private IReadOnlyDictionary<string, BedEvidence> _evidence = new Dictionary<string, BedEvidence>();

    public async Task InitializeAsync() =>
        _evidence = await UmlMachine.RunAsync([.. BondFailoverTests.Scenarios, .. BondStartTests.Scenarios, .. BondLinkTests.Scenarios]);

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

/// <summary>The classes that look at one boot.</summary>
[CollectionDefinition(Name)]
public sealed class BondCollection : ICollectionFixture<BondMachine>
{
    public const string Name = "bond";
}
