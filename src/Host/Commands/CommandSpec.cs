using System.Collections.Immutable;

namespace BondDhcp.Host.Commands;

/// <summary>A command: how it is written and what runs it.</summary>
/// <param name="Name">The word.</param>
/// <param name="Synopsis">What follows the word.</param>
/// <param name="Summary">One line.</param>
/// <param name="Options">The options it takes beside those of every command.</param>
/// <param name="MinArguments">Arguments at least.</param>
/// <param name="MaxArguments">Arguments at most.</param>
/// <param name="Run">Does it and gives the exit code.</param>
internal sealed record CommandSpec(
    string Name, string Synopsis, string Summary, ImmutableArray<string> Options, int MinArguments, int MaxArguments,
    Func<Invocation, int> Run)
{
    /// <summary>What <c>--help</c> tells beside the summary.</summary>
    public string Details { get; init; } = "";
}
