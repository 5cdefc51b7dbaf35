using System.Buffers.Binary;
using System.Collections.Immutable;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Wire;

/// <summary>
/// Builds the messages a client sends (RFC 9915 appendix A.2): what the transmission holds, and of what identifies the
/// client the parts that belong into a message of its type.
/// </summary>
public static class Dhcp6MessageWriter
{
    /// <summary>What fits the smallest IPv6 MTU with its headers: never fragmented anywhere. More is a configuration error.</summary>
    public const int MaxLength = 1232;

    /// <summary>Characters of a name that option 39 can carry.</summary>
    public const int MaxFullyQualifiedNameLength = DomainNames.MaxTextLength;

    /// <summary>Octets that options of the configuration may have together, headers included: all others leave so much room at their longest.</summary>
    public const int MaxSentLength = 144;

    /// <summary>Codes that an option request option has room for beside the usual ones.</summary>
    public const int MaxAsked = 16;

    /// <summary>Writes the UDP payload and returns its length.</summary>
    /// <param name="message">What was decided.</param>
    /// <param name="identification">What every message carries.</param>
    /// <param name="destination">At least <see cref="MaxLength"/> octets.</param>
    /// <exception cref="ArgumentException">It does not fit; validated configuration never gives such.</exception>
    public static int Write(Dhcp6Transmission message, Dhcp6Identification identification, Span<byte> destination)
    {
        destination = destination[..Math.Min(destination.Length, MaxLength)];
        BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)message.Type << 24 | message.Xid & Dhcp6MessageView.MaxXid);
        var options = new OptionWriter(destination[Dhcp6MessageView.HeaderLength..]);
        if (message.Anonymity is { } anonymity)
        {
            WriteAnonymous(message, anonymity, ref options);
            return Dhcp6MessageView.HeaderLength + options.Length;
        }
        options.Add(1, identification.ClientIdentifier.Octets);
        if (message.ServerIdentifier is { } server) options.Add(2, server.Octets);
        WriteElapsedTime(message, ref options);
        WriteOptionRequest(message.OptionRequest, ref options);
        foreach (Dhcp6IaNaRequest ia in message.IaNas) WriteIaNa(ia, ref options);
        foreach (Dhcp6IaPdRequest ia in message.IaPds) WriteIaPd(ia, ref options);
        if (message.RapidCommit) options.Add(14, []);
        WriteIdentification(message.Type, identification, ref options);
        return Dhcp6MessageView.HeaderLength + options.Length;
    }

    /// <summary>
    /// RFC 7844 section 4: 1, 2, 6, 8 and the associations, each where RFC 9915 appendix A.2 has it, in an order of their own. No
    /// name, no class, nothing that the configuration adds (sections 4.6.1 to 4.9).
    /// </summary>
    private static void WriteAnonymous(Dhcp6Transmission message, Dhcp6Anonymity anonymity, ref OptionWriter options)
    {
        Span<byte> codes = stackalloc byte[4 + message.IaNas.Length + message.IaPds.Length];
        int count = 0;
        codes[count++] = 8;
        if (message.Type != Dhcp6MessageType.InformationRequest) codes[count++] = 1;
        if (message.ServerIdentifier is not null) codes[count++] = 2;
        if (!message.OptionRequest.IsEmpty) codes[count++] = 6;
        foreach (Dhcp6IaNaRequest _ in message.IaNas) codes[count++] = 3;
        foreach (Dhcp6IaPdRequest _ in message.IaPds) codes[count++] = 25;
        Span<byte> places = stackalloc byte[count];
        OptionOrder.Permute(anonymity.Order, places);
        int addresses = 0, prefixes = 0;
        foreach (byte place in places)
        {
            switch (codes[place])
            {
                case 8: WriteElapsedTime(message, ref options); break;
                case 1: options.Add(1, anonymity.ClientIdentifier.Octets); break;
                case 2: options.Add(2, message.ServerIdentifier!.Octets); break;
                case 6: WriteShuffled(message.OptionRequest, OptionOrder.Second(anonymity.Order), ref options); break;
                case 3: WriteIaNa(message.IaNas[addresses++], ref options); break;
                default: WriteIaPd(message.IaPds[prefixes++], ref options); break;
            }
        }
    }

    private static void WriteShuffled(ImmutableArray<ushort> codes, uint order, ref OptionWriter options)
    {
        Span<byte> places = stackalloc byte[codes.Length];
        OptionOrder.Permute(order, places);
        options.Begin(6, codes.Length * sizeof(ushort));
        foreach (byte place in places) options.UInt16(codes[place]);
    }

    private static void WriteElapsedTime(Dhcp6Transmission message, ref OptionWriter options)
    {
        options.Begin(8, sizeof(ushort));
        options.UInt16(message.ElapsedCentiseconds);
    }

    private static void WriteOptionRequest(ImmutableArray<ushort> codes, ref OptionWriter options)
    {
        if (codes.IsEmpty) return;
        options.Begin(6, codes.Length * sizeof(ushort));
        foreach (ushort code in codes) options.UInt16(code);
    }

    private static void WriteIaNa(Dhcp6IaNaRequest ia, ref OptionWriter options)
    {
        const int addressLength = OptionWriter.HeaderLength + Dhcp6MessageView.IaAddressHeaderLength;
        options.Begin(3, Dhcp6MessageView.IaHeaderLength + ia.Addresses.Length * addressLength);
        WriteIaHeader(ia.Iaid, ref options);
        foreach (Ipv6Address address in ia.Addresses)
        {
            options.Begin(5, Dhcp6MessageView.IaAddressHeaderLength);
            options.Address(address);
            WriteNoTimes(ref options);
        }
    }

    private static void WriteIaPd(Dhcp6IaPdRequest ia, ref OptionWriter options)
    {
        const int prefixLength = OptionWriter.HeaderLength + Dhcp6MessageView.IaPrefixHeaderLength;
        options.Begin(25, Dhcp6MessageView.IaHeaderLength + ia.Prefixes.Length * prefixLength);
        WriteIaHeader(ia.Iaid, ref options);
        foreach (Ipv6Prefix prefix in ia.Prefixes)
        {
            options.Begin(26, Dhcp6MessageView.IaPrefixHeaderLength);
            WriteNoTimes(ref options);
            options.Byte((byte)prefix.PrefixLength);
            options.Address(prefix.Network);
        }
    }

    private static void WriteIaHeader(Identity.Iaid iaid, ref OptionWriter options)
    {
        options.UInt32(iaid.Value);
        WriteNoTimes(ref options);
    }

    /// <summary>T1 and T2, or preferred and valid lifetime: servers ignore a client's, and they should be 0.</summary>
    private static void WriteNoTimes(ref OptionWriter options)
    {
        options.UInt32(0);
        options.UInt32(0);
    }

    /// <summary>
    /// A name is for the messages that are about addresses (RFC 4704 section 5), what the configuration adds for those by which
    /// a server chooses what to give.
    /// </summary>
    private static void WriteIdentification(Dhcp6MessageType type, Dhcp6Identification identification, ref OptionWriter options)
    {
        bool asksForAddresses = type is Dhcp6MessageType.Solicit or Dhcp6MessageType.Request or Dhcp6MessageType.Renew or Dhcp6MessageType.Rebind;
        if (asksForAddresses && identification.FullyQualifiedName is { } name) WriteFullyQualifiedName(name, ref options);
        if (!asksForAddresses && type != Dhcp6MessageType.InformationRequest) return;
        foreach (Dhcp6Option sent in identification.Sent) options.Add(sent.Code, sent.Data.AsSpan());
    }

    private static void WriteFullyQualifiedName(string name, ref OptionWriter options)
    {
        // N, O and S clear: the client updates its AAAA record itself, or nobody does (RFC 4704 section 5.1).
        const byte flags = 0;
        Span<byte> data = stackalloc byte[1 + DomainNames.MaxWireLength];
        data[0] = flags;
        int length = DomainNames.Write(name, data[1..]);
        bool isPartial = !name.Contains('.', StringComparison.Ordinal);
        options.Add(39, data[..(1 + length - (isPartial ? 1 : 0))]);
    }

    /// <summary>Appends to a message; an option is begun only when all of it fits.</summary>
    private ref struct OptionWriter(Span<byte> destination)
    {
        public const int HeaderLength = 4;

        private readonly Span<byte> _destination = destination;

        public int Length { get; private set; }

        public void Begin(ushort code, int dataLength)
        {
            if (Length + HeaderLength + dataLength > _destination.Length)
                throw new ArgumentException($"Option {code} of {dataLength} octets does not fit the message.");
            UInt16(code);
            UInt16((ushort)dataLength);
        }

        public void Add(ushort code, scoped ReadOnlySpan<byte> data)
        {
            Begin(code, data.Length);
            Octets(data);
        }

        public void Byte(byte value) => _destination[Length++] = value;

        public void UInt16(ushort value)
        {
            BinaryPrimitives.WriteUInt16BigEndian(_destination[Length..], value);
            Length += sizeof(ushort);
        }

        public void UInt32(uint value)
        {
            BinaryPrimitives.WriteUInt32BigEndian(_destination[Length..], value);
            Length += sizeof(uint);
        }

        public void Address(Ipv6Address address)
        {
            address.CopyTo(_destination[Length..]);
            Length += Ipv6Address.Length;
        }

        public void Octets(scoped ReadOnlySpan<byte> octets)
        {
            octets.CopyTo(_destination[Length..]);
            Length += octets.Length;
        }
    }
}
