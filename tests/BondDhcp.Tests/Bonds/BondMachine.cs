using BondDhcp.Tests.Beds.Scenarios;
using BondDhcp.Tests.Beds.Uml;
using Xunit;

namespace BondDhcp.Tests.Bonds;

/// <summary>One boot for all scenarios on the kernel's own bonding driver in which somebody else made the bond.</summary>
public sealed class BondMachine() : BedFixture(
    UmlFactAttribute.WhyNot, () => UmlMachine.RunAsync([.. BondFailoverTests.Scenarios, .. BondStartTests.Scenarios, .. BondLinkTests.Scenarios]));

/// <summary>The classes that look at one boot.</summary>
[CollectionDefinition(Name)]
public sealed class BondCollection : ICollectionFixture<BondMachine>
{
    public const string Name = "bond";
}

/// <summary>One boot for what the program does to the bond itself.</summary>
public sealed class MasterMachine() : BedFixture(UmlFactAttribute.WhyNot, () => UmlMachine.RunAsync([.. MasterTests.Scenarios, .. OutsideChangeTests.Scenarios]));

/// <inheritdoc cref="BondCollection"/>
[CollectionDefinition(Name)]
public sealed class MasterCollection : ICollectionFixture<MasterMachine>
{
    public const string Name = "master";
}

/// <summary>One boot for its slaves.</summary>
public sealed class SlaveMachine() : BedFixture(UmlFactAttribute.WhyNot, () => UmlMachine.RunAsync(SlaveTests.Scenarios));

/// <inheritdoc cref="BondCollection"/>
[CollectionDefinition(Name)]
public sealed class SlaveCollection : ICollectionFixture<SlaveMachine>
{
    public const string Name = "slave";
}

/// <summary>One boot for starting, stopping, taking over and taking down.</summary>
public sealed class ComponentMachine() : BedFixture(
    UmlFactAttribute.WhyNot, () => UmlMachine.RunAsync([.. ComponentScenarioTests.Scenarios, .. AdoptionTests.Scenarios]));

/// <inheritdoc cref="BondCollection"/>
[CollectionDefinition(Name)]
public sealed class ComponentCollection : ICollectionFixture<ComponentMachine>
{
    public const string Name = "component";
}

/// <summary>One boot for many starts, stops and ends.</summary>
public sealed class TurmoilMachine() : BedFixture(UmlFactAttribute.WhyNot, () => UmlMachine.RunAsync(TeardownScenarioTests.Scenarios));

/// <inheritdoc cref="BondCollection"/>
[CollectionDefinition(Name)]
public sealed class TurmoilCollection : ICollectionFixture<TurmoilMachine>
{
    public const string Name = "turmoil";
}
