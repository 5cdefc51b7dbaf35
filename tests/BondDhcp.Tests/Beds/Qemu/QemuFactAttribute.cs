using BondDhcp.Tests.Beds.Scenarios;
using Xunit;

namespace BondDhcp.Tests.Beds.Qemu;

/// <summary>A test of what happened in the QEMU machine; skipped, with the reason, on a machine that cannot run it.</summary>
public sealed class QemuFactAttribute : FactAttribute
{
    public QemuFactAttribute() => Skip = WhyNot;

    /// <inheritdoc cref="BedNeeds.WhyNot"/>
    /// <remarks>
    /// Under software emulation a boot now and then hangs, or takes longer than anybody waits for a test run: it is for those who
    /// ask for it.
    /// </remarks>
    public static string? WhyNot { get; } = Environment.GetEnvironmentVariable("BONDDHCP_QEMU") is { Length: > 0 }
        ? BedNeeds.WhyNot("qemu-system-x86_64", "mmdebstrap")
        : "Wi-Fi and hot-plug in QEMU run when they are asked for: BONDDHCP_QEMU=1 make test";
}
