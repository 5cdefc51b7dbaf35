using System.Globalization;
using BondDhcp.Dhcp.Wire;

namespace BondDhcp.Dhcp.Capture;

/// <summary>A DHCPv4 message for people: the header fields that say something, an option a line.</summary>
internal static class DecodedDhcp4Text
{
    public static void WriteFields(TextWriter output, DecodedFields fields)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"    op {fields.Op} htype {fields.Htype} hlen {fields.Hlen} hops {fields.Hops} xid {fields.Xid:x8} secs {fields.Secs} flags 0x{fields.Flags:x4}{(fields.Broadcast ? " (broadcast)" : "")}"));
        output.WriteLine($"    ciaddr {fields.Ciaddr} yiaddr {fields.Yiaddr} siaddr {fields.Siaddr} giaddr {fields.Giaddr} chaddr {fields.Chaddr}");
        if (fields.Sname.Length > 0) output.WriteLine($"    sname {fields.Sname}");
        if (fields.File.Length > 0) output.WriteLine($"    file {fields.File}");
        foreach (Dhcp4Option option in fields.Options)
        {
            ReadOnlySpan<byte> data = option.Data.AsSpan();
            string name = Dhcp4OptionTable.Of(option.Code).Name;
            DecodedPacketText.WriteOption(
                output, 1, option.Code, name, Dhcp4OptionText.Format(option.Code, data), data, Dhcp4SubOptions.Read(option.Code, data));
        }
    }
}
