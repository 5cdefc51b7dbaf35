using BondDhcp.Tests.Beds.Scenarios;
using BondDhcp.Tests.Beds.Uml;
using Xunit;

namespace BondDhcp.Tests.Bonds;

/// <summary>One boot for what happens to a bond that the daemon made itself, on networks of every kind.</summary>
public sealed class PathMachine() : BedFixture(
    UmlFactAttribute.WhyNot, () => UmlMachine.RunAsync([.. PathScenarioTests.Scenarios, .. HostileNetworkTests.Scenarios]));

/// <summary>The classes that look at that boot.</summary>
[CollectionDefinition(Name)]
public sealed class PathCollection : ICollectionFixture<PathMachine>
{
    public const string Name = "paths";
}

/// <summary>One boot for the silence of a failover, a server after the other.</summary>
public sealed class SilenceMachine() : BedFixture(UmlFactAttribute.WhyNot, () => UmlMachine.RunAsync(FailoverSilenceTests.Scenarios));

/// <summary>The class that looks at that boot.</summary>
[CollectionDefinition(Name)]
public sealed class SilenceCollection : ICollectionFixture<SilenceMachine>
{
    public const string Name = "silence";
}
