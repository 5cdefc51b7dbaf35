using Xunit;

namespace BondDhcp.Tests.Kit;

/// <summary>Tests that measure the whole process: they run while no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class Alone
{
    public const string Name = "alone";
}
