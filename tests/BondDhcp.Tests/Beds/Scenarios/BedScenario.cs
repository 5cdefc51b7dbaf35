namespace BondDhcp.Tests.Beds.Scenarios;

/// <summary>What happens on a machine of its own kind: a script in the words of <c>bed.sh</c> and of its bed, beside the others in one boot.</summary>
/// <param name="Name">Lower-case letters and digits, at most 11: it names namespaces and directories.</param>
/// <param name="Script">Bash.</param>
public sealed record BedScenario(string Name, string Script);
