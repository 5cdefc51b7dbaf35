using System.Collections.Immutable;
using System.Globalization;
using BondDhcp.Dhcp.Identity;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;

namespace BondDhcp.Host.Import.Compare;

/// <summary>A first packet of DHCPv4 as it can be compared: the fields that a server looks at, and the options by code.</summary>
/// <param name="Message">DHCPDISCOVER or DHCPREQUEST.</param>
/// <param name="Broadcast">The BROADCAST flag.</param>
/// <param name="Ciaddr">The client's address.</param>
/// <param name="Chaddr">The hardware address; null where it is not known.</param>
/// <param name="Options">The options but 53; of a code that comes twice the last counts.</param>
internal sealed record FirstPacket(string Message, bool Broadcast, Ipv4Address Ciaddr, MacAddress? Chaddr, IReadOnlyList<Dhcp4Option> Options)
{
    private const byte MessageTypeOption = 53;

    /// <summary>What is in a message as it is on the wire; null for one that is not well-formed.</summary>
    public static FirstPacket? Read(ReadOnlySpan<byte> octets)
    {
        if (Dhcp4MessageView.TryParseRequest(octets, out Dhcp4MessageView view) != Dhcp4DropReason.None) return null;
        List<Dhcp4Option> options = [];
        string message = "";
        foreach (Dhcp4Option option in view.CopyOptions())
        {
            if (option.Code == MessageTypeOption) message = Dhcp4MessageName.Of((Dhcp4MessageType)option.Data[0]);
            else options.Add(option);
        }
        return new FirstPacket(message, view.Broadcast, view.Ciaddr, view.Chaddr, options);
    }

    /// <summary>What an option holds; null where it is not there.</summary>
    public ImmutableArray<byte>? Find(byte code)
    {
        for (int i = Options.Count - 1; i >= 0; i--)
            if (Options[i].Code == code) return Options[i].Data;
        return null;
    }
}

/// <summary>Two first packets side by side.</summary>
internal static class PacketComparison
{
    private const byte ClientIdentifierOption = 61;
    private const int NameWidth = 30, ValueWidth = 44;

    /// <summary>A line for each field and option; what differs ends with an asterisk.</summary>
    public static IEnumerable<string> Lines(FirstPacket theirs, FirstPacket ours)
    {
        yield return Line("", "dhclient", "bonddhcp", isTitle: true);
        yield return Line("message", theirs.Message, ours.Message);
        yield return Line("chaddr", theirs.Chaddr?.ToString() ?? "(the interface's)", ours.Chaddr?.ToString() ?? "(the interface's)");
        yield return Line("ciaddr", theirs.Ciaddr.ToString(), ours.Ciaddr.ToString());
        yield return Line("broadcast flag", theirs.Broadcast ? "set" : "clear", ours.Broadcast ? "set" : "clear");
        foreach (byte code in theirs.Options.Concat(ours.Options).Select(one => one.Code).Distinct().Order())
            yield return Line(string.Create(CultureInfo.InvariantCulture, $"{code} {Dhcp4OptionTable.Of(code).Name}"), Text(theirs, code), Text(ours, code));
    }

    private static string Text(FirstPacket packet, byte code)
    {
        if (packet.Find(code) is not { } data) return "-";
        if (packet.Chaddr is null && code == ClientIdentifierOption && data.AsSpan().SequenceEqual(Dhcp4ClientIdentifier.FromMac(MacAddress.Zero).AsSpan())) return "01:(the interface's)";
        return Dhcp4OptionText.Format(code, data.AsSpan()) is { Length: > 0 } text ? text : HexText.Colons(data.AsSpan());
    }

    /// <summary>A line: what it is, as both have it, and an asterisk where they differ.</summary>
    public static string Line(string name, string theirs, string ours, bool isTitle = false)
    {
        string line = $"  {name,-NameWidth} {theirs,-ValueWidth} {ours}";
        return (isTitle || theirs == ours ? line : line + " *").TrimEnd();
    }
}
