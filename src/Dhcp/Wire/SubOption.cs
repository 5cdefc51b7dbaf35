using System.Collections.Immutable;

namespace BondDhcp.Dhcp.Wire;

/// <summary>An option inside an option.</summary>
/// <param name="Code">Its code, or the enterprise number.</param>
/// <param name="Name">In lower case with hyphens: <c>circuit-id</c>, <c>option-5</c>.</param>
/// <param name="Value">As text; null where it has no known structure.</param>
/// <param name="Data">Its data.</param>
/// <param name="Options">What is inside it in turn; empty for none.</param>
public sealed record SubOption(
    uint Code, string Name, string? Value, ImmutableArray<byte> Data, ImmutableArray<SubOption> Options);
