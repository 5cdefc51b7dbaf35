using System.Text;
using BondDhcp.Bond.Addressing;
using BondDhcp.Bond.Plan;
using Xunit;

namespace BondDhcp.Tests.Plan;

/// <summary>Records that somebody damaged: what is said of them is for people.</summary>
public sealed class DamagedRecordTests
{
    private const string NoJson = "is damaged: it is no JSON, or not all of it is there";
    private const string Missing = "is damaged: something is missing in it";
    private const string Wrong = "is damaged: something in it is not what it can be";

    [Theory]
    [InlineData("", NoJson)]
    [InlineData("{\"version\":1,", NoJson)]
    [InlineData("x", NoJson)]
    [InlineData("{}", Missing)]
    [InlineData("[]", Wrong)]
    [InlineData("{\"version\":\"1\"}", Wrong)]
    [InlineData("{\"version\":1e99}", Wrong)]
    [InlineData("{\"version\":7}", "is of format 7")]
    public void Record_Damaged_IsSaidInWords(string content, string expected)
    {
        byte[] octets = Encoding.UTF8.GetBytes(content);
        MasterOwnership.Read(octets, "boot", "net", out string? problem);
        Assert.Equal(expected, problem);
        Assert.Null(OwnershipEnvelope.Read<string>(octets, 1, 1, static (in OwnershipEnvelope _, System.Text.Json.JsonElement _, System.Text.Json.JsonElement _, System.Text.Json.JsonElement _) => "", out problem));
        Assert.Equal(expected, problem);
    }
}
