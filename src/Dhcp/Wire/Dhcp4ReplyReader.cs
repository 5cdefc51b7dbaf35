using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Wire;

/// <summary>
/// Turns a server's message into validated facts: the rules that do not depend on the client's state (V12, V14, V16 to
/// V18, V20, V21), and every option decoded. An option of a wrong length is ignored with a note; only what a lease
/// cannot do without is a reason to drop the message.
/// </summary>
public static class Dhcp4ReplyReader
{
    /// <summary>DNS and NTP servers and routers kept of one message.</summary>
    public const int MaxAddresses = 32;

    /// <summary>Reads a message; <see cref="Dhcp4DropReason.None"/> and a reply, or a reason and null.</summary>
    public static Dhcp4DropReason TryRead(in Dhcp4MessageView message, out Dhcp4Reply? reply) => TryRead(message, [], informed: null, out reply);

    /// <summary>As above, of a message in which options of these codes come from this host's owner, who may know better than a rule.</summary>
    /// <param name="message">The message.</param>
    /// <param name="configured">Codes of such options.</param>
    /// <param name="informed">The address for which a DHCPINFORM was sent: the DHCPACK grants none, and no time (RFC 2131 section 4.3.5).</param>
    /// <param name="reply">Null where it was not read.</param>
    internal static Dhcp4DropReason TryRead(in Dhcp4MessageView message, ReadOnlySpan<byte> configured, Ipv4Prefix? informed, out Dhcp4Reply? reply)
    {
        reply = null;
        var options = new Dhcp4OptionIndex(message, stackalloc ushort[Dhcp4OptionIndex.TableLength]);
        if (!options.TryGet(53, out ReadOnlySpan<byte> type) || type.Length != 1) return Dhcp4DropReason.MessageType;
        var messageType = (Dhcp4MessageType)type[0];
        if (messageType == Dhcp4MessageType.ForceRenew) return Dhcp4DropReason.ForceRenew;
        if (messageType is not (Dhcp4MessageType.Offer or Dhcp4MessageType.Ack or Dhcp4MessageType.Nak)) return Dhcp4DropReason.MessageType;
        if (informed is not null && messageType != Dhcp4MessageType.Ack) return Dhcp4DropReason.UnexpectedMessage;

        if (!options.TryGet(54, out ReadOnlySpan<byte> serverOctets) || serverOctets.Length != Ipv4Address.Length)
            return Dhcp4DropReason.ServerIdentifier;
        Ipv4Address server = Ipv4Address.FromBytes(serverOctets);
        if (!server.IsUsableUnicast) return Dhcp4DropReason.ServerIdentifier;

        var read = new Dhcp4Reply
        {
            Type = messageType,
            Xid = message.Xid,
            Chaddr = message.Chaddr,
            ServerIdentifier = server,
            Siaddr = message.Siaddr,
            Giaddr = message.Giaddr,
            Message = options.TryGet(56, out ReadOnlySpan<byte> text) ? Encoding.Latin1.GetString(text) : null,
            Options = options.CopyOptions(),
        };
        // RFC 2131 table 3: a DHCPNAK grants nothing; whatever else it carries is not looked at.
        if (messageType != Dhcp4MessageType.Nak)
        {
            Dhcp4DropReason reason = Dhcp4DropReason.None;
            if (informed is { } own) ReadInformation(options, configured, own, ref read);
            else reason = ReadLease(options, configured, ref read);
            if (reason != Dhcp4DropReason.None) return reason;
        }
        reply = read;
        return Dhcp4DropReason.None;
    }

    private static Dhcp4DropReason ReadLease(in Dhcp4OptionIndex options, ReadOnlySpan<byte> configured, ref Dhcp4Reply reply)
    {
        var notes = new ReplyNotes();
        uint? ipv6OnlyWait = ReadSeconds(options, 108, ref notes);
        byte? autoConfigure = ReadAutoConfigure(options, ref notes);
        // RFC 8925 section 3.3 and RFC 2563 section 2.2: an OFFER without an address is legal where it says why.
        if (options.Message.Yiaddr.IsAny)
        {
            reply = reply with { Ipv6OnlyWaitSeconds = ipv6OnlyWait, AutoConfigure = autoConfigure };
            bool saysWhy = reply.Type == Dhcp4MessageType.Offer && (ipv6OnlyWait is not null || autoConfigure is not null);
            return saysWhy ? Dhcp4DropReason.None : Dhcp4DropReason.Yiaddr;
        }
        if (!options.TryGet(51, out ReadOnlySpan<byte> lease) || lease.Length != 4) return Dhcp4DropReason.LeaseTime;
        uint leaseSeconds = BinaryPrimitives.ReadUInt32BigEndian(lease);
        if (leaseSeconds == 0) return Dhcp4DropReason.LeaseTime;

        if (!TryReadPrefixLength(options, ref notes, out int prefixLength)) return Dhcp4DropReason.SubnetMask;
        var prefix = new Ipv4Prefix(options.Message.Yiaddr, prefixLength);
        if (!IsHostAddress(prefix) || options.Message.Yiaddr == reply.ServerIdentifier) return Dhcp4DropReason.Yiaddr;

        ReadParameters(options, configured, prefix, ref notes, ref reply);
        reply = reply with
        {
            Ipv6OnlyWaitSeconds = ipv6OnlyWait,
            AutoConfigure = autoConfigure,
            LeaseSeconds = leaseSeconds,
            RenewalSeconds = ReadSeconds(options, 58, ref notes),
            RebindingSeconds = ReadSeconds(options, 59, ref notes),
            RapidCommit = ReadRapidCommit(options, ref notes),
            Notes = notes.ToImmutable(),
        };
        return Dhcp4DropReason.None;
    }

    private static void ReadInformation(in Dhcp4OptionIndex options, ReadOnlySpan<byte> configured, Ipv4Prefix own, ref Dhcp4Reply reply)
    {
        var notes = new ReplyNotes();
        ReadParameters(options, configured, own, ref notes, ref reply);
        reply = reply with { Notes = notes.ToImmutable() };
    }

    /// <summary>What is told beside an address and the time it is good for.</summary>
    private static void ReadParameters(
        in Dhcp4OptionIndex options, ReadOnlySpan<byte> configured, Ipv4Prefix prefix, ref ReplyNotes notes, ref Dhcp4Reply reply)
    {
        ImmutableArray<Ipv4Address> routers = ReadAddresses(options, 3, ref notes, router => IsRouter(router, prefix));
        reply = reply with
        {
            Yiaddr = prefix.Address,
            PrefixLength = prefix.PrefixLength,
            Routers = routers,
            Routes = ReadRoutes(options, routers, ref notes),
            DnsServers = ReadAddresses(options, 6, ref notes, ServersOf(configured.Contains<byte>(6))),
            NtpServers = ReadAddresses(options, 42, ref notes, ServersOf(configured.Contains<byte>(42))),
            DomainName = ReadName(options, 15, ref notes),
            HostName = ReadName(options, 12, ref notes),
            SearchDomains = ReadSearchList(options, ref notes),
            PosixTimeZone = ReadReported(options, 100, "a time zone", ReportedText.PosixTimeZone, ref notes),
            TimeZoneName = ReadReported(options, 101, "the name of a time zone", ReportedText.TimeZoneName, ref notes),
            CaptivePortal = ReadReported(options, 114, "the address of a portal", ReportedText.PortalUri, ref notes),
            EncryptedResolvers = ReadEncryptedResolvers(options, ref notes),
            Mtu = ReadMtu(options, ref notes),
            BroadcastAddress = ReadBroadcast(options, prefix, configured.Contains<byte>(28), ref notes),
        };
    }

    /// <summary>V18: contiguous and not 0.0.0.0; a missing mask is the class's.</summary>
    private static bool TryReadPrefixLength(in Dhcp4OptionIndex options, ref ReplyNotes notes, out int prefixLength)
    {
        if (options.TryGet(1, out ReadOnlySpan<byte> mask))
        {
            prefixLength = 0;
            return mask.Length == Ipv4Address.Length && Ipv4Prefix.TryFromMask(Ipv4Address.FromBytes(mask), out prefixLength);
        }
        prefixLength = options.Message.Yiaddr.ClassfulPrefixLength;
        notes.Add($"the server sent no subnet mask; /{prefixLength} is taken from the address class");
        return true;
    }

    /// <summary>V17: an address a host can have, and not the network or broadcast address of its own subnet.</summary>
    private static bool IsHostAddress(Ipv4Prefix prefix) =>
        prefix.Address.IsUsableUnicast && !prefix.Address.IsLinkLocal
        && (prefix.PrefixLength > 30 || (prefix.Address != prefix.Network && prefix.Address != prefix.DirectedBroadcast));

    /// <summary>V20.</summary>
    private static bool IsRouter(Ipv4Address router, Ipv4Prefix prefix) =>
        router.IsUsableUnicast && router != prefix.Address
        && (prefix.PrefixLength > 30 || (router != prefix.Network && router != prefix.DirectedBroadcast));

    /// <summary>RFC 3442: with option 121 the options 3 and 33 are ignored, also where it has no default route.</summary>
    private static ImmutableArray<Dhcp4Route> ReadRoutes(in Dhcp4OptionIndex options, ImmutableArray<Ipv4Address> routers, ref ReplyNotes notes)
    {
        ReadOnlySpan<byte> codes = [121, 249];
        foreach (byte code in codes)
        {
            if (!options.TryGet(code, out ReadOnlySpan<byte> data)) continue;
            if (data.Length >= 5 && Dhcp4Routes.TryReadClassless(data, out ImmutableArray<Dhcp4Route> classless, out int leftOut))
            {
                NoteLeftOut(code, leftOut, ref notes);
                return classless;
            }
            notes.Add($"option {code} (classless routes) is malformed and ignored as a whole");
        }
        ImmutableArray<Dhcp4Route> routes = [];
        if (options.TryGet(33, out ReadOnlySpan<byte> statics))
        {
            if (Dhcp4Routes.TryReadStatic(statics, out routes, out int leftOut)) NoteLeftOut(33, leftOut, ref notes);
            else notes.Add("option 33 (static routes) is malformed and ignored");
        }
        return routers.IsEmpty ? routes : routes.Add(new Dhcp4Route(Ipv4Prefix.Default, routers[0]));
    }

    /// <summary>The first <see cref="MaxAddresses"/> that are of use; what is of none takes no place among them.</summary>
    private static ImmutableArray<Ipv4Address> ReadAddresses(
        in Dhcp4OptionIndex options, byte code, ref ReplyNotes notes, Func<Ipv4Address, bool> isUsable)
    {
        if (!options.TryGet(code, out ReadOnlySpan<byte> data)) return [];
        if (data.IsEmpty || data.Length % Ipv4Address.Length != 0)
        {
            notes.Add($"option {code} has a wrong length and is ignored");
            return [];
        }
        ImmutableArray<Ipv4Address>.Builder addresses = ImmutableArray.CreateBuilder<Ipv4Address>();
        int leftOut = 0;
        for (; !data.IsEmpty; data = data[Ipv4Address.Length..])
        {
            var address = Ipv4Address.FromBytes(data);
            if (addresses.Count < MaxAddresses && isUsable(address)) addresses.Add(address);
            else leftOut++;
        }
        NoteLeftOut(code, leftOut, ref notes);
        return addresses.ToImmutable();
    }

    private static void NoteLeftOut(byte code, int leftOut, ref ReplyNotes notes)
    {
        if (leftOut > 0) notes.Add($"option {code}: {leftOut} left out, of no use or over the limit");
    }

    private static byte? ReadAutoConfigure(in Dhcp4OptionIndex options, ref ReplyNotes notes)
    {
        if (!options.TryGet(116, out ReadOnlySpan<byte> data)) return null;
        if (data is [0 or 1]) return data[0];
        notes.Add("option 116 (auto-configure) is malformed and ignored");
        return null;
    }

    private static bool ReadRapidCommit(in Dhcp4OptionIndex options, ref ReplyNotes notes)
    {
        if (!options.TryGet(80, out ReadOnlySpan<byte> data)) return false;
        if (!data.IsEmpty) notes.Add("option 80 (rapid commit) has a wrong length and is ignored");
        return data.IsEmpty;
    }

    private static uint? ReadSeconds(in Dhcp4OptionIndex options, byte code, ref ReplyNotes notes)
    {
        if (!options.TryGet(code, out ReadOnlySpan<byte> data)) return null;
        if (data.Length == 4) return BinaryPrimitives.ReadUInt32BigEndian(data);
        notes.Add($"option {code} has a wrong length and is ignored");
        return null;
    }

    private static string? ReadName(in Dhcp4OptionIndex options, byte code, ref ReplyNotes notes)
    {
        if (!options.TryGet(code, out ReadOnlySpan<byte> data)) return null;
        string? name = DomainNames.FromText(data);
        if (name is null) notes.Add($"option {code} is not a valid name and is ignored");
        return name;
    }

    private static ImmutableArray<string> ReadSearchList(in Dhcp4OptionIndex options, ref ReplyNotes notes)
    {
        if (!options.TryGet(119, out ReadOnlySpan<byte> data)) return [];
        if (!DomainNames.TryReadList(data, isCompressed: true, out ImmutableArray<string> names, out ImmutableArray<string> refused))
            notes.Add("option 119 (search list) is malformed and ignored as a whole");
        notes.AddRefused("option 119 (search list)", refused);
        return names;
    }

    private delegate string? ReportedReader(ReadOnlySpan<byte> data);

    private static string? ReadReported(in Dhcp4OptionIndex options, byte code, string what, ReportedReader read, ref ReplyNotes notes)
    {
        if (!options.TryGet(code, out ReadOnlySpan<byte> data)) return null;
        string? text = read(data);
        if (text is null) notes.Add($"option {code} is not {what} and is ignored");
        return text;
    }

    private static ImmutableArray<EncryptedResolver> ReadEncryptedResolvers(in Dhcp4OptionIndex options, ref ReplyNotes notes)
    {
        if (!options.TryGet(162, out ReadOnlySpan<byte> data)) return [];
        if (!EncryptedResolverReader.ReadIpv4(data, out ImmutableArray<EncryptedResolver> resolvers))
            notes.Add("option 162 (encrypted DNS): what does not hold is ignored");
        return resolvers;
    }

    private static int? ReadMtu(in Dhcp4OptionIndex options, ref ReplyNotes notes)
    {
        const int least = 68; // RFC 2132 section 5.1
        if (!options.TryGet(26, out ReadOnlySpan<byte> data)) return null;
        if (data.Length == 2 && BinaryPrimitives.ReadUInt16BigEndian(data) is var mtu && mtu >= least) return mtu;
        notes.Add("option 26 (MTU) is malformed or below 68 and is ignored");
        return null;
    }

    // A server on this host itself is of use where its owner says so.
    private static Func<Ipv4Address, bool> ServersOf(bool configured) => configured
        ? static server => server.IsUsableUnicast || server.IsLoopback
        : static server => server.IsUsableUnicast;

    private static Ipv4Address? ReadBroadcast(in Dhcp4OptionIndex options, Ipv4Prefix prefix, bool configured, ref ReplyNotes notes)
    {
        // RFC 3021: a /31 has none, and a /32 has nobody to broadcast to.
        if (prefix.PrefixLength > 30) return null;
        if (options.TryGet(28, out ReadOnlySpan<byte> data))
        {
            if (data.Length == Ipv4Address.Length && (configured || Ipv4Address.FromBytes(data) == prefix.DirectedBroadcast)) return Ipv4Address.FromBytes(data);
            notes.Add("option 28 (broadcast address) does not fit the subnet mask; the computed one is used");
        }
        return prefix.DirectedBroadcast;
    }
}
