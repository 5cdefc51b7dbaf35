using System.Buffers.Binary;
using System.Collections.Immutable;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Host.Import.Compare;

/// <summary>A first packet of DHCPv6 as it can be compared: its options by code, whose order means nothing (RFC 9915 section 21.1).</summary>
/// <param name="Message">SOLICIT, CONFIRM, REBIND or INFORMATION-REQUEST.</param>
/// <param name="Options">In ascending order of their codes; those of one code as they come. An empty option 1 stands for a DUID that is not made yet.</param>
internal sealed record FirstPacket6(string Message, ImmutableArray<Dhcp6Option> Options)
{
    /// <summary>What is in a message as it is on the wire; null for one that is not well-formed.</summary>
    public static FirstPacket6? Read(ReadOnlySpan<byte> octets)
    {
        if (Dhcp6MessageView.TryParse(octets, out Dhcp6MessageView view) != Dhcp6DropReason.None) return null;
        FirstPacket6 packet = Of(view.Type);
        foreach (Dhcp6Option option in view.CopyOptions()) packet = packet.With(option.Code, option.Data);
        return packet;
    }

    /// <summary>A message without options.</summary>
    public static FirstPacket6 Of(Dhcp6MessageType type) => new(Dhcp6MessageName.Of(type), []);

    /// <summary>The packet with one option more.</summary>
    public FirstPacket6 With(ushort code, ImmutableArray<byte> data)
    {
        int at = Options.Length;
        while (at > 0 && Options[at - 1].Code > code) at--;
        return this with { Options = Options.Insert(at, new Dhcp6Option(code, data)) };
    }

    /// <summary>The packet with an option request option of these codes; as it is without any.</summary>
    public FirstPacket6 WithRequest(IReadOnlyList<ushort> codes)
    {
        if (codes.Count == 0) return this;
        byte[] data = new byte[codes.Count * sizeof(ushort)];
        for (int i = 0; i < codes.Count; i++) BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(i * sizeof(ushort)), codes[i]);
        return With(6, [.. data]);
    }
}

/// <summary>An IA_NA or IA_PD in the making, as programs other than ours write it: with times of their own.</summary>
internal sealed class IaOctets
{
    private readonly List<byte> _octets = [];

    /// <summary>An association without leases.</summary>
    /// <param name="iaid">Its identifier.</param>
    /// <param name="t1">T1 in seconds.</param>
    /// <param name="t2">T2 in seconds.</param>
    public IaOctets(uint iaid, uint t1, uint t2)
    {
        Add(iaid);
        Add(t1);
        Add(t2);
    }

    /// <summary>The option's data.</summary>
    public ImmutableArray<byte> Data => [.. _octets];

    /// <summary>An address wished for or held (RFC 9915 section 21.6).</summary>
    public void AddAddress(Ipv6Address address, uint preferred, uint valid)
    {
        const uint header = 5 << 16 | 24;
        Add(header);
        Add(address);
        Add(preferred);
        Add(valid);
    }

    /// <summary>A prefix wished for or held (RFC 9915 section 21.22).</summary>
    public void AddPrefix(Ipv6Prefix prefix, uint preferred, uint valid)
    {
        const uint header = 26 << 16 | 25;
        Add(header);
        Add(preferred);
        Add(valid);
        _octets.Add((byte)prefix.PrefixLength);
        Add(prefix.Network);
    }

    private void Add(Ipv6Address address)
    {
        byte[] octets = new byte[Ipv6Address.Length];
        address.CopyTo(octets);
        _octets.AddRange(octets);
    }

    private void Add(uint word)
    {
        for (int shift = 24; shift >= 0; shift -= 8) _octets.Add((byte)(word >> shift));
    }
}
