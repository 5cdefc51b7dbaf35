using System.Globalization;
using BondDhcp.Dhcp.Wire;

namespace BondDhcp.Dhcp.Capture;

/// <summary>A DHCPv6 message for people: the header, an option a line, what is in it further to the right.</summary>
internal static class DecodedDhcp6Text
{
    public static void WriteFields(TextWriter output, DecodedDhcp6Message message)
    {
        if (message.Xid is { } xid) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    xid {xid:x6}"));
        else output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    hops {message.HopCount} link {message.LinkAddress} peer {message.PeerAddress}"));
        foreach (Dhcp6Option option in message.Options)
        {
            ReadOnlySpan<byte> data = option.Data.AsSpan();
            string name = Dhcp6OptionTable.Of(option.Code).Name;
            DecodedPacketText.WriteOption(
                output, 1, option.Code, name, Dhcp6OptionText.Format(option.Code, data), data, Dhcp6SubOptions.Read(option.Code, data));
        }
    }
}
