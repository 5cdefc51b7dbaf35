namespace BondDhcp.Host.Configuration;

/// <summary>Something wrong in the configuration, and where.</summary>
/// <param name="File">The file, as the user named it.</param>
/// <param name="Line">From 1; 0 when there is no file to have a place in.</param>
/// <param name="Column">From 1.</param>
/// <param name="Message">What is wrong and what would be right.</param>
internal sealed record ConfigurationProblem(string File, int Line, int Column, string Message)
{
    /// <summary><c>FILE:LINE:COLUMN: message</c>; <c>FILE: message</c> without a place.</summary>
    public override string ToString() =>
        Line == 0 ? $"{File}: {Message}" : FormattableString.Invariant($"{File}:{Line}:{Column}: {Message}");
}
