namespace BondDhcp.Host.Import;

/// <summary>A file that another one named.</summary>
/// <param name="Name">As it is shown.</param>
/// <param name="Text">What it holds; null where it cannot be read.</param>
/// <param name="Why">Why it cannot be read.</param>
internal readonly record struct IncludedFile(string Name, string? Text, string? Why);
