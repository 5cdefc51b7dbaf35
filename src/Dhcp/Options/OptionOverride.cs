using System.Collections.Immutable;

namespace BondDhcp.Dhcp.Options;

/// <summary>What the configuration does with an option.</summary>
public enum OptionAct
{
    /// <summary>The client sends it.</summary>
    Send,
    /// <summary>It takes the place of what the server says, whether that says anything or not.</summary>
    Supersede,
    /// <summary>It counts where the server says nothing.</summary>
    Default,
    /// <summary>Its items come before the server's.</summary>
    Prepend,
    /// <summary>Its items come after the server's.</summary>
    Append,
}

/// <summary>One option as the configuration wants it.</summary>
/// <param name="Act">What is done with it.</param>
/// <param name="Code">Option code of its family.</param>
/// <param name="Data">Octets as they stand in a message.</param>
public readonly record struct OptionOverride(OptionAct Act, ushort Code, ImmutableArray<byte> Data);

/// <summary>What the configuration of one interface says about the options of one family. Immutable; compared by content.</summary>
public sealed record OptionOverrides
{
    /// <summary>Nothing is said.</summary>
    public static readonly OptionOverrides None = new();

    /// <summary>Codes asked for beside the usual ones, in this order.</summary>
    public ImmutableArray<ushort> Request { get; init; } = [];

    /// <summary>Codes without which an offer is not taken; they are asked for too.</summary>
    public ImmutableArray<ushort> Require { get; init; } = [];

    /// <summary>Options that are set, at most one of each act and code.</summary>
    public ImmutableArray<OptionOverride> All { get; init; } = [];

    /// <summary>The codes asked for beside the usual ones, required ones included.</summary>
    public IEnumerable<ushort> Asked => Request.Concat(Require).Distinct();

    /// <summary>What is sent.</summary>
    public IEnumerable<OptionOverride> Sent => All.Where(static one => one.Act == OptionAct.Send);

    /// <summary>The options of a server to which something is done.</summary>
    public IEnumerable<ushort> CodesOfReplies => All.Where(static one => one.Act != OptionAct.Send).Select(static one => one.Code).Distinct();

    /// <summary>What is done to an option of a server.</summary>
    public IEnumerable<OptionOverride> OfReplies(ushort code) => All.Where(one => one.Act != OptionAct.Send && one.Code == code);

    /// <summary>True when nothing is done to the options of a server.</summary>
    public bool LeaveReplies => All.All(static one => one.Act == OptionAct.Send);

    /// <inheritdoc/>
    public bool Equals(OptionOverrides? other) =>
        other is not null && Request.AsSpan().SequenceEqual(other.Request.AsSpan()) && Require.AsSpan().SequenceEqual(other.Require.AsSpan())
        && All.SequenceEqual(other.All, static (one, another) =>
            one.Act == another.Act && one.Code == another.Code && one.Data.AsSpan().SequenceEqual(another.Data.AsSpan()));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Request.Length, Require.Length, All.Length);
}
