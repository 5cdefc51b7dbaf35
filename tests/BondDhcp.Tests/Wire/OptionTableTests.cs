using BondDhcp.Dhcp.Wire;
using Xunit;

namespace BondDhcp.Tests.Wire;

public class OptionTableTests
{
    [Fact]
    public void Table_IsOrderedAndUnambiguous()
    {
        Dhcp4OptionInfo[] rows = Dhcp4OptionTable.Known.ToArray();
        Assert.Equal(rows.Select(row => row.Code).Distinct().Order(), rows.Select(row => row.Code));
        Assert.Equal(rows.Length, rows.Select(row => row.Name).Distinct().Count());
        Assert.All(rows, row => Assert.Matches("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", row.Name));
        Assert.All(rows, row => Assert.NotEmpty(row.Source));
        Assert.All(rows, row => Assert.Same(row, Dhcp4OptionTable.Of(row.Code)));
    }

    [Fact]
    public void Table_OfAnUnknownCode_NamesIt()
    {
        Dhcp4OptionInfo unknown = Dhcp4OptionTable.Of(224);
        Assert.Equal(((byte)224, "option-224", Dhcp4OptionKind.Opaque), (unknown.Code, unknown.Name, unknown.Kind));
        Assert.True(unknown.Length.Allows(0) && unknown.Length.Allows(4000));
    }

    /// <summary>The length rules, written down a second time: code, then the lengths up to 17 that are well-formed.</summary>
    [Theory(DisplayName = "AX-1 the length rules of the options the client uses")]
    [InlineData(1, "4")]
    [InlineData(3, "4 8 12 16")]
    [InlineData(6, "4 8 12 16")]
    [InlineData(12, "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17")]
    [InlineData(26, "2")]
    [InlineData(28, "4")]
    [InlineData(33, "8 16")]
    [InlineData(42, "4 8 12 16")]
    [InlineData(50, "4")]
    [InlineData(51, "4")]
    [InlineData(52, "1")]
    [InlineData(53, "1")]
    [InlineData(54, "4")]
    [InlineData(57, "2")]
    [InlineData(58, "4")]
    [InlineData(59, "4")]
    [InlineData(61, "2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17")]
    [InlineData(80, "0")]
    [InlineData(81, "3 4 5 6 7 8 9 10 11 12 13 14 15 16 17")]
    [InlineData(90, "11 12 13 14 15 16 17")]
    [InlineData(108, "4")]
    [InlineData(116, "1")]
    [InlineData(121, "5 6 7 8 9 10 11 12 13 14 15 16 17")]
    [InlineData(150, "4 8 12 16")]
    public void LengthRule_OfAnOption_IsThatOfItsRfc(byte code, string lengths) =>
        Assert.Equal(lengths, string.Join(' ', Enumerable.Range(0, 18).Where(Dhcp4OptionTable.Of(code).Length.Allows)));

    [Fact(DisplayName = "AX-1 every option at every length 0 to 255: no exception, no text where the rule does not hold, the lease stands")]
    public void Option_OfEveryLength_IsReadOrIgnored()
    {
        byte[] lease = [1, 51, 52, 53, 54];
        for (int code = 1; code < 255; code++)
        {
            for (int length = 0; length <= 255; length++)
            {
                byte[] data = new byte[length];
                if (length > 0) data[0] = (byte)Math.Min(length - 1, 63);
                bool allowed = Dhcp4OptionTable.Of((byte)code).Length.Allows(length);
                string? text = Dhcp4OptionText.Format((byte)code, data);
                if (!allowed) Assert.Null(text);
                else if (HasText((byte)code)) Assert.NotNull(text);
                Dhcp4SubOptions.Read((byte)code, data);

                if (lease.Contains((byte)code)) continue;
                Dhcp4Reply reply = WireReading.Accept(WireMessage.Ack().Without((byte)code).Add((byte)code, data));
                if (code is 3 or 6 or 26 or 42 or 58 or 59 or 108)
                    Assert.Equal(!allowed, reply.Notes.Any(note => note.StartsWith($"option {code} ", StringComparison.Ordinal)));
            }
        }
    }

    [Fact(DisplayName = "AX-1 options a lease cannot do without: dropped at every wrong length")]
    public void VitalOption_OfAWrongLength_DropsTheMessage()
    {
        foreach (byte code in (byte[])[1, 51, 53, 54])
        {
            for (int length = 0; length <= 255; length++)
            {
                byte[] data = [.. WireMessage.Ack().Options.Single(option => option.Code == code).Data, .. new byte[255]];
                bool taken = WireReading.ReasonOf(WireMessage.Ack().Without(code).Add(code, data[..length])) == Dhcp4DropReason.None;
                Assert.Equal(Dhcp4OptionTable.Of(code).Length.Allows(length), taken);
            }
        }
    }

    /// <summary>Kinds of which any octets of a right length have a text.</summary>
    private static bool HasText(byte code) => Dhcp4OptionTable.Of(code).Kind is Dhcp4OptionKind.Byte or Dhcp4OptionKind.UInt16
        or Dhcp4OptionKind.UInt16List or Dhcp4OptionKind.Int32 or Dhcp4OptionKind.Seconds or Dhcp4OptionKind.Address
        or Dhcp4OptionKind.AddressList or Dhcp4OptionKind.AddressMaskList or Dhcp4OptionKind.ClassfulRoutes or Dhcp4OptionKind.Text
        or Dhcp4OptionKind.CodeList or Dhcp4OptionKind.MessageType or Dhcp4OptionKind.Identifier or Dhcp4OptionKind.Empty;
}
