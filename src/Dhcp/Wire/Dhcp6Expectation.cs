using BondDhcp.Dhcp.Identity;

namespace BondDhcp.Dhcp.Wire;

/// <summary>What a message must be to be an answer (RFC 9915 section 16).</summary>
public readonly record struct Dhcp6Expectation
{
    /// <summary>The transaction id of the message sent.</summary>
    public required uint Xid { get; init; }

    /// <summary>Option 1 as it was sent; null when the message had none, and then the answer must have none.</summary>
    public required Duid? ClientIdentifier { get; init; }

    /// <summary>The server the message was for; null when any may answer.</summary>
    public Duid? ServerIdentifier { get; init; }

    /// <summary>An ADVERTISE is an answer.</summary>
    public bool Advertise { get; init; }

    /// <summary>A REPLY is an answer.</summary>
    public bool Reply { get; init; }

    /// <summary>A REPLY must have option 14: the message was a SOLICIT with it. Without, option 14 of a REPLY means nothing.</summary>
    public bool RapidCommit { get; init; }
}
