using System.Collections.Immutable;
using BondDhcp.Dhcp.Identity;

namespace BondDhcp.Dhcp.Client6;

/// <summary>What the client asks for.</summary>
public enum Dhcp6Mode
{
    /// <summary>Addresses, without waiting for a router to say so.</summary>
    Stateful,
    /// <summary>Configuration only, by INFORMATION-REQUEST.</summary>
    Stateless,
    /// <summary>What the flags of the router advertisements say (RFC 4861 section 4.2).</summary>
    Auto,
}

/// <summary>The configuration of one DHCPv6 client. Immutable; a reload makes a new one.</summary>
public sealed record Dhcp6Settings
{
    /// <summary>Option 1. Of no account with <see cref="Anonymous"/>.</summary>
    public required Duid ClientIdentifier { get; init; }

    /// <summary>The IAID of the IA_NA and of the IA_PD, which count apart (RFC 9915 section 4.2). Of no account with <see cref="Anonymous"/>.</summary>
    public required Iaid Iaid { get; init; }

    /// <summary>
    /// The anonymity profile (RFC 7844 section 4): DUID and IAID are made of the hardware address of the moment, another one is
    /// another client, and messages hold what the profile allows.
    /// </summary>
    public bool Anonymous { get; init; }

    /// <summary>What is asked for.</summary>
    public Dhcp6Mode Mode { get; init; } = Dhcp6Mode.Stateful;

    /// <summary>Ask for a delegated prefix too, of about this length, 1 to 128; null for none.</summary>
    public int? PrefixLengthHint { get; init; }

    /// <summary>Send option 14 and take a REPLY to a SOLICIT.</summary>
    public bool RapidCommit { get; init; }

    /// <summary>The first SOLICIT waits for 0 to 1 s (RFC 9915 section 18.2.1, SHOULD), so that hosts that start together do not ask together.</summary>
    public bool DelayFirstSolicit { get; init; } = true;

    /// <summary>The identification has a name (option 39): the server is asked what it made of it.</summary>
    public bool SendsName { get; init; }

    /// <summary>Messages in any <see cref="RateLimitInterval"/> (RFC 9915 section 14.1). At least 1.</summary>
    public int RateLimitMessages { get; init; } = 20;

    /// <inheritdoc cref="RateLimitMessages"/>
    public TimeSpan RateLimitInterval { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Options asked for beside the usual ones, in this order; at most <see cref="Wire.Dhcp6MessageWriter.MaxAsked"/>.</summary>
    public ImmutableArray<ushort> Asked { get; init; } = [];

    /// <summary>Options without one of which no ADVERTISE, and no REPLY to a SOLICIT, is taken.</summary>
    public ImmutableArray<ushort> RequireOptions { get; init; } = [];

    /// <summary>Servers that are the only ones listened to; empty for all.</summary>
    public ImmutableArray<Duid> RequireServers { get; init; } = [];

    /// <summary>Servers that are never listened to.</summary>
    public ImmutableArray<Duid> RejectServers { get; init; } = [];

    /// <summary>True when a search under both asks for the same, of the same servers, and takes the same answers.</summary>
    public bool SearchesAs(Dhcp6Settings other) =>
        RapidCommit == other.RapidCommit && SendsName == other.SendsName && Asked.AsSpan().SequenceEqual(other.Asked.AsSpan())
        && RequireOptions.AsSpan().SequenceEqual(other.RequireOptions.AsSpan())
        && RequireServers.AsSpan().SequenceEqual(other.RequireServers.AsSpan())
        && RejectServers.AsSpan().SequenceEqual(other.RejectServers.AsSpan());
}
