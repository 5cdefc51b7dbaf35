using System.Buffers.Binary;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Wire;

/// <summary>
/// Turns a server's message into validated facts (RFC 9915 sections 16.3 and 16.10, and every option). An option that is
/// malformed is ignored with a note; only what an answer cannot do without is a reason to drop the message. Never throws.
/// </summary>
public static partial class Dhcp6ReplyReader
{
    /// <summary>DNS servers, NTP servers and resolvers kept of one message, of each kind.</summary>
    public const int MaxServers = 32;

    // RFC 9915 sections 21.24 and 21.25: anything else is to be ignored.
    private const uint LeastMaxRtSeconds = 60;
    private const uint MostMaxRtSeconds = 86400;

    /// <summary>
    /// Reads a message that must answer another; <see cref="Dhcp6DropReason.None"/> and a reply, or a reason and null.
    /// Nothing is allocated for a message that is not meant for this exchange.
    /// </summary>
    public static Dhcp6DropReason TryRead(in Dhcp6MessageView message, in Dhcp6Expectation expected, out Dhcp6Reply? reply)
    {
        reply = null;
        Dhcp6DropReason reason = Screen(message, expected);
        return reason == Dhcp6DropReason.None ? TryRead(message, out reply) : reason;
    }

    /// <summary>Reads any ADVERTISE or REPLY, by the rules that do not depend on what was sent.</summary>
    public static Dhcp6DropReason TryRead(in Dhcp6MessageView message, out Dhcp6Reply? reply) => TryRead(message, [], out reply);

    /// <summary>As above, of a message in which options of these codes come from this host's owner, who may know better than a rule.</summary>
    internal static Dhcp6DropReason TryRead(in Dhcp6MessageView message, ReadOnlySpan<ushort> configured, out Dhcp6Reply? reply)
    {
        reply = null;
        Dhcp6DropReason reason = ScreenType(message.Type);
        if (reason != Dhcp6DropReason.None) return reason;
        if (!message.TryGetOption(2, out ReadOnlySpan<byte> serverOctets) || !Duid.TryCreate(serverOctets, out Duid? server))
            return Dhcp6DropReason.ServerIdentifier;
        Duid? client = null;
        if (message.TryGetOption(1, out ReadOnlySpan<byte> clientOctets) && !Duid.TryCreate(clientOctets, out client))
            return Dhcp6DropReason.ClientIdentifier;
        // RFC 9915 section 16.3: an ADVERTISE has one in any case, since a SOLICIT has.
        if (client is null && message.Type == Dhcp6MessageType.Advertise) return Dhcp6DropReason.ClientIdentifier;
        reply = ReadOptions(message, configured, server, client);
        return Dhcp6DropReason.None;
    }

    private static Dhcp6DropReason ScreenType(Dhcp6MessageType type) => type switch
    {
        Dhcp6MessageType.Advertise or Dhcp6MessageType.Reply => Dhcp6DropReason.None,
        Dhcp6MessageType.Reconfigure => Dhcp6DropReason.Reconfigure,
        _ => Dhcp6DropReason.MessageType,
    };

    private static Dhcp6DropReason Screen(in Dhcp6MessageView message, in Dhcp6Expectation expected)
    {
        Dhcp6DropReason reason = ScreenType(message.Type);
        if (reason != Dhcp6DropReason.None) return reason;
        bool isReply = message.Type == Dhcp6MessageType.Reply;
        if (isReply ? !expected.Reply : !expected.Advertise) return Dhcp6DropReason.UnexpectedMessage;
        if (message.Xid != expected.Xid) return Dhcp6DropReason.Xid;
        bool hasClient = message.TryGetOption(1, out ReadOnlySpan<byte> client);
        // RFC 9915 section 16.10: present and the same when one was sent, else absent.
        if (expected.ClientIdentifier is { } own ? !hasClient || !client.SequenceEqual(own.Octets) : hasClient)
            return Dhcp6DropReason.ClientIdentifier;
        bool hasServer = message.TryGetOption(2, out ReadOnlySpan<byte> server);
        if (hasServer && expected.ServerIdentifier is { } wanted && !server.SequenceEqual(wanted.Octets)) return Dhcp6DropReason.OtherServer;
        if (isReply && expected.RapidCommit && !(message.TryGetOption(14, out ReadOnlySpan<byte> commit) && commit.IsEmpty))
            return Dhcp6DropReason.RapidCommit;
        return Dhcp6DropReason.None;
    }

    private static Dhcp6Reply ReadOptions(in Dhcp6MessageView message, ReadOnlySpan<ushort> configured, Duid server, Duid? client)
    {
        var notes = new ReplyNotes();
        int repeated = 0;
        CountRepeated(message.OptionOctets, ref repeated, ref notes);
        NoteObsolete(message, ref notes);
        return new Dhcp6Reply
        {
            Type = message.Type,
            Xid = message.Xid,
            ServerIdentifier = server,
            ClientIdentifier = client,
            Preference = TryGet(message, 7, ref notes, out ReadOnlySpan<byte> preference) ? preference[0] : (byte)0,
            RapidCommit = TryGet(message, 14, ref notes, out _),
            Status = ReadStatus(message.OptionOctets, ref notes),
            IaNas = ReadIaNas(message, ref repeated, ref notes),
            IaPds = ReadIaPds(message, ref repeated, ref notes),
            SolMaxRtSeconds = ReadMaxRt(message, 82, ref notes),
            InfMaxRtSeconds = ReadMaxRt(message, 83, ref notes),
            InformationRefreshSeconds = ReadSeconds(message, 32, ref notes),
            DnsServers = ReadAddresses(message, 23, ref notes, configured.Contains<ushort>(23)),
            SearchDomains = ReadSearchList(message, ref notes),
            NtpServers = ReadNtpServers(message, ref notes),
            SntpServers = ReadAddresses(message, 31, ref notes),
            FullyQualifiedName = ReadFullyQualifiedName(message, ref notes),
            PosixTimeZone = TryGet(message, 41, ref notes, out ReadOnlySpan<byte> zone) ? EscapedText.Of(zone) : null,
            TzdbTimeZone = ReadTzdbTimeZone(message, ref notes),
            AftrName = ReadName(message, 64, ref notes),
            CaptivePortal = ReadPortal(message, ref notes),
            EncryptedResolvers = ReadEncryptedResolvers(message, ref notes),
            AddressRegistration = TryGet(message, 148, ref notes, out _),
            Options = message.CopyOptions(),
            RepeatedOptions = repeated,
            Notes = notes.ToImmutable(),
        };
    }

    /// <summary>The first option with this code, when its length is one that the table allows; else a note.</summary>
    private static bool TryGet(in Dhcp6MessageView message, ushort code, ref ReplyNotes notes, out ReadOnlySpan<byte> data) =>
        TryGet(message.OptionOctets, code, ref notes, out data);

    private static bool TryGet(ReadOnlySpan<byte> options, ushort code, ref ReplyNotes notes, out ReadOnlySpan<byte> data)
    {
        if (!Dhcp6OptionWalker.TryFind(options, code, out data)) return false;
        if (Dhcp6OptionTable.Of(code).Length.Allows(data.Length)) return true;
        NoteLength(code, ref notes);
        return false;
    }

    private static void NoteLength(ushort code, ref ReplyNotes notes) =>
        notes.Add($"option {code} ({Dhcp6OptionTable.Of(code).Name}) has a wrong length and is ignored");

    /// <summary>Counts what may occur once in one place and occurs again there.</summary>
    private static void CountRepeated(ReadOnlySpan<byte> options, ref int repeated, ref ReplyNotes notes)
    {
        Span<bool> seen = stackalloc bool[Dhcp6OptionTable.Known[^1].Code + 1];
        seen.Clear();
        var walker = new Dhcp6OptionWalker(options);
        while (walker.MoveNext())
        {
            if (Dhcp6OptionTable.Find(walker.Code) is not { Repeats: false } option) continue;
            if (seen[option.Code])
            {
                repeated++;
                notes.Add($"option {option.Code} ({option.Name}) is there more than once; the first is used");
            }
            seen[option.Code] = true;
        }
    }

    /// <summary>RFC 9915 appendix A.1: gone since RFC 8415.</summary>
    private static void NoteObsolete(in Dhcp6MessageView message, ref ReplyNotes notes)
    {
        foreach (ushort code in (ReadOnlySpan<ushort>)[4, 12])
            if (message.TryGetOption(code, out _)) notes.Add($"option {code} ({Dhcp6OptionTable.Of(code).Name}) is obsolete and ignored");
    }

    private static Dhcp6Status ReadStatus(ReadOnlySpan<byte> options, ref ReplyNotes notes)
    {
        if (!TryGet(options, 13, ref notes, out ReadOnlySpan<byte> data)) return Dhcp6Status.None;
        return new Dhcp6Status((Dhcp6StatusCode)BinaryPrimitives.ReadUInt16BigEndian(data), EscapedText.Of(data[2..]));
    }

    private static uint? ReadSeconds(in Dhcp6MessageView message, ushort code, ref ReplyNotes notes) =>
        TryGet(message, code, ref notes, out ReadOnlySpan<byte> data) ? BinaryPrimitives.ReadUInt32BigEndian(data) : null;

    private static uint? ReadMaxRt(in Dhcp6MessageView message, ushort code, ref ReplyNotes notes)
    {
        if (ReadSeconds(message, code, ref notes) is not { } seconds) return null;
        if (seconds is >= LeastMaxRtSeconds and <= MostMaxRtSeconds) return seconds;
        notes.Add($"option {code} ({Dhcp6OptionTable.Of(code).Name}) is outside 60 to 86400 seconds and ignored");
        return null;
    }
}
