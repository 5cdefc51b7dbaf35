using System.Buffers.Binary;
using System.Text;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Wire;

/// <summary>Builds the messages a client sends (RFC 2131 tables 4 and 5).</summary>
public static class Dhcp4MessageWriter
{
    /// <summary>BOOTP's minimum (RFC 1542 section 2.1): shorter messages are padded, some relays drop them.</summary>
    public const int MinLength = 300;

    /// <summary>What fits an Ethernet frame; a message that needs more is a configuration error.</summary>
    public const int MaxLength = 1472;

    /// <summary>Characters of a name that option 81 can carry in 255 octets; a longer one is a configuration error.</summary>
    public const int MaxFullyQualifiedNameLength = 250;

    /// <summary>Octets that options of the configuration may have together, headers included: all others leave so much room at their longest.</summary>
    public const int MaxSentLength = 400;

    /// <summary>Codes that a parameter request list has room for beside the usual ones.</summary>
    public const int MaxAsked = 128;

    private const int MaxMessageSizeFloor = 576;
    private const int EthernetMtu = 1500;

    /// <summary>Writes the UDP payload and returns its length.</summary>
    /// <param name="message">What was decided.</param>
    /// <param name="identification">What every message carries.</param>
    /// <param name="chaddr">The interface's hardware address, unless the message names another.</param>
    /// <param name="mtu">The interface's MTU: option 57 is derived from it.</param>
    /// <param name="destination">At least <see cref="MaxLength"/> octets.</param>
    /// <exception cref="ArgumentException">The identification does not fit; validated configuration never gives one.</exception>
    public static int Write(
        Dhcp4Transmission message, Dhcp4Identification identification, MacAddress chaddr, int mtu, Span<byte> destination)
    {
        destination = destination[..Math.Min(destination.Length, MaxLength)];
        if (message.AnonymousOrder is null && message.Chaddr is { } presented) chaddr = presented;
        WriteHeader(message, chaddr, destination);
        var options = new OptionWriter(destination[Dhcp4MessageView.FixedLength..]);
        options.Add(53, (byte)message.Type);
        if (message.AnonymousOrder is { } order) WriteAnonymous(message, identification, chaddr, order, ref options);
        else WriteOrdinary(message, identification, mtu, ref options);
        options.End();
        int length = Dhcp4MessageView.FixedLength + options.Length;
        if (length >= MinLength) return length;
        destination[length..MinLength].Clear();
        return MinLength;
    }

    /// <summary>Option 57: what arrives unfragmented, whether a server counts the IP and UDP headers or not (RFC 2132 section 9.10).</summary>
    public static ushort MaxMessageSize(int mtu) => (ushort)Math.Max(MaxMessageSizeFloor, Math.Min(mtu, EthernetMtu) - Ipv4Udp.HeaderLength);

    private static void WriteHeader(Dhcp4Transmission message, MacAddress chaddr, Span<byte> header)
    {
        header[..Dhcp4MessageView.FixedLength].Clear();
        header[0] = 1; // BOOTREQUEST
        header[1] = 1; // Ethernet
        header[2] = MacAddress.Length;
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], message.Xid);
        BinaryPrimitives.WriteUInt16BigEndian(header[8..], message.Secs);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], message.Broadcast ? (ushort)0x8000 : (ushort)0);
        message.Ciaddr.CopyTo(header[12..]);
        chaddr.CopyTo(header[28..]);
        BinaryPrimitives.WriteUInt32BigEndian(header[236..], Dhcp4MessageView.Cookie);
    }

    private static void WriteOrdinary(
        Dhcp4Transmission message, Dhcp4Identification identification, int mtu, ref OptionWriter options)
    {
        options.Add(61, identification.ClientIdentifier.AsSpan());
        if (message.RequestedAddress is { } requested) options.Add(50, requested);
        if (message.ServerIdentifier is { } server) options.Add(54, server);
        if (Asks(message.Type)) WriteParameters(message, identification, mtu, ref options);
        if (message.Message is { } text) options.Add(56, Encoding.ASCII.GetBytes(text));
    }

    private static bool Asks(Dhcp4MessageType type) => type is Dhcp4MessageType.Discover or Dhcp4MessageType.Request or Dhcp4MessageType.Inform;

    /// <summary>
    /// RFC 7844 section 3: 61 made of the chaddr, 55, and 50 and 54 where RFC 2131 table 5 has them, in an order of their own
    /// (section 3.1). The type stays first: there it is in everybody's messages, and a client is not to stand out (section 2.5).
    /// </summary>
    private static void WriteAnonymous(
        Dhcp4Transmission message, Dhcp4Identification identification, MacAddress chaddr, uint order, ref OptionWriter options)
    {
        ReadOnlySpan<byte> asked = identification.ParameterRequestList.AsSpan();
        Span<byte> codes = stackalloc byte[4];
        int count = 0;
        codes[count++] = 61;
        if (message.ServerIdentifier is not null) codes[count++] = 54;
        // Section 3.3: not to regain an address.
        if (message.RequestedAddress is not null && message.Type != Dhcp4MessageType.Discover) codes[count++] = 50;
        if (Asks(message.Type) && !asked.IsEmpty) codes[count++] = 55;
        Span<byte> places = stackalloc byte[byte.MaxValue];
        OptionOrder.Permute(order, places[..count]);
        Span<byte> list = stackalloc byte[byte.MaxValue];
        foreach (byte place in places[..count])
        {
            switch (codes[place])
            {
                case 61: options.Add(61, Identity.Dhcp4ClientIdentifier.FromMac(chaddr).AsSpan()); break;
                case 54: options.Add(54, message.ServerIdentifier!.Value); break;
                case 50: options.Add(50, message.RequestedAddress!.Value); break;
                default: options.Add(55, Shuffled(asked, OptionOrder.Second(order), list)); break;
            }
        }
    }

    private static ReadOnlySpan<byte> Shuffled(ReadOnlySpan<byte> codes, uint order, Span<byte> list)
    {
        list = list[..codes.Length];
        OptionOrder.Permute(order, list);
        for (int i = 0; i < list.Length; i++) list[i] = codes[list[i]];
        return list;
    }

    private static void WriteParameters(
        Dhcp4Transmission message, Dhcp4Identification identification, int mtu, ref OptionWriter options)
    {
        Span<byte> size = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(size, MaxMessageSize(mtu));
        options.Add(57, size);
        options.Add(55, identification.ParameterRequestList.AsSpan());
        if (identification.FullyQualifiedName is { } name) WriteFullyQualifiedName(name, ref options);
        else if (identification.HostName is { } host) options.Add(12, Encoding.ASCII.GetBytes(host));
        foreach (Dhcp4Option sent in identification.Sent) options.Add(sent.Code, sent.Data.AsSpan());
        if (message.Type != Dhcp4MessageType.Discover) return;
        if (message.RapidCommit) options.Add(80, []);
        if (message.AutoConfigure) options.Add(116, 1);
    }

    /// <summary>RFC 4702 section 2: flags E (wire encoding), two result codes of 0, the name.</summary>
    private static void WriteFullyQualifiedName(string name, ref OptionWriter options)
    {
        const byte encoded = 0x04;
        const int headerLength = 3;
        Span<byte> data = stackalloc byte[headerLength + DomainNames.MaxWireLength];
        data[0] = encoded;
        data[1] = data[2] = 0;
        int length = DomainNames.Write(name, data[headerLength..]);
        options.Add(81, data[..(headerLength + length)]);
    }

    private ref struct OptionWriter(Span<byte> destination)
    {
        private readonly Span<byte> _destination = destination;

        public int Length { get; private set; }

        public void Add(byte code, byte value) => Add(code, [value]);

        public void Add(byte code, Ipv4Address address)
        {
            Span<byte> octets = stackalloc byte[Ipv4Address.Length];
            address.CopyTo(octets);
            Add(code, octets);
        }

        public void Add(byte code, scoped ReadOnlySpan<byte> data)
        {
            // One octet stays for the end option.
            if (data.Length > byte.MaxValue || Length + 2 + data.Length + 1 > _destination.Length)
                throw new ArgumentException($"Option {code} of {data.Length} octets does not fit the message.");
            _destination[Length] = code;
            _destination[Length + 1] = (byte)data.Length;
            data.CopyTo(_destination[(Length + 2)..]);
            Length += 2 + data.Length;
        }

        public void End() => _destination[Length++] = 255;
    }
}
