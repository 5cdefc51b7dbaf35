using BondDhcp.Tests.Beds.Scenarios;
using Xunit;

namespace BondDhcp.Tests.Package;

/// <summary>A theory that needs programs of this machine; skipped, with the reason, where they are not there.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ProgramTheoryAttribute : TheoryAttribute
{
    public ProgramTheoryAttribute(params string[] programs) => Skip = BedNeeds.WhyNot(programs);
}
