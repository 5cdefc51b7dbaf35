using BondDhcp.Tests.Beds.Scenarios;
using Xunit;

namespace BondDhcp.Tests.Beds.Qemu;

/// <summary>A test of what happened in the QEMU machine; skipped, with the reason, on a machine that cannot run it.</summary>
public sealed class QemuFactAttribute : FactAttribute
{
    public QemuFactAttribute() => Skip = WhyNot;

    /// <inheritdoc cref="BedNeeds.WhyNot"/>
    public static string? WhyNot { get; } = BedNeeds.WhyNot("qemu-system-x86_64", "mmdebstrap");
}
