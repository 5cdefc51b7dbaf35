using System.Collections.Immutable;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

/// <summary>One transaction: its xid, and every chaddr that was put into a message with that xid.</summary>
/// <param name="Xid">Never 0.</param>
/// <param name="Chaddrs">
/// Up to <see cref="MaxChaddrs"/>, newest last. The hardware address can change between two retransmissions of one
/// exchange; a late reply to the earlier one is still ours.
/// </param>
public readonly record struct Dhcp4Exchange(uint Xid, ImmutableArray<MacAddress> Chaddrs)
{
    /// <summary>A bond that flips faster than this between retransmissions is not going to get a reply anyway.</summary>
    public const int MaxChaddrs = 4;

    /// <summary>A fresh exchange; xid from <paramref name="entropy"/>, never 0 and with no relation to anything.</summary>
    public static Dhcp4Exchange New(EntropySource entropy)
    {
        // A source stuck at 0 must not hang the client.
        for (int i = 0; i < 16; i++)
            if (entropy.NextUInt32() is var xid and not 0) return new Dhcp4Exchange(xid, []);
        return new Dhcp4Exchange(1, []);
    }

    /// <summary>The same exchange after a transmission with <paramref name="chaddr"/>.</summary>
    public Dhcp4Exchange Sent(MacAddress chaddr)
    {
        if (Chaddrs.Contains(chaddr)) return this;
        ImmutableArray<MacAddress> kept = Chaddrs.Length < MaxChaddrs ? Chaddrs : Chaddrs.RemoveAt(0);
        return this with { Chaddrs = kept.Add(chaddr) };
    }

    /// <summary>True when a message with this xid has been sent.</summary>
    public bool IsUnderWay => !Chaddrs.IsDefaultOrEmpty;
}
