namespace BondDhcp.Host.Import;

/// <summary>Where something was read.</summary>
/// <param name="File">The file as the user knows it: below the root, with the root left out.</param>
/// <param name="Line">From 1; 0 for the file as a whole.</param>
internal sealed record SourceLine(string File, int Line)
{
    /// <summary><c>/etc/network/interfaces:7</c>.</summary>
    public override string ToString() => Line == 0 ? File : FormattableString.Invariant($"{File}:{Line}");
}
