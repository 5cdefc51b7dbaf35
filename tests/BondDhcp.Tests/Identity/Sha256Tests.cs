using System.Security.Cryptography;
using System.Text;
using BondDhcp.Dhcp.Identity;
using Xunit;
using Sha256 = BondDhcp.Dhcp.Identity.Sha256;

namespace BondDhcp.Tests.Identity;

public class Sha256Tests
{
    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    public void Hash_OfKnownText_IsThePublishedOne(string text, string expected)
    {
        Assert.Equal(expected, Convert.ToHexStringLower(HashOf(Encoding.ASCII.GetBytes(text))));
    }

    [Fact]
    public void Hash_AtEveryLength_EqualsTheRuntimes()
    {
        var random = new Random(1);
        for (int length = 0; length < 300; length++)
        {
            byte[] data = new byte[length];
            random.NextBytes(data);
            Assert.Equal(SHA256.HashData(data), HashOf(data));
        }
    }

    [Fact]
    public void Hash_IntoTooLittleRoom_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Sha256.Hash([], new byte[31]));
    }

    // RFC 4231 test cases 1, 2 and 6 (a key longer than a block).
    [Theory]
    [InlineData("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")]
    [InlineData("4a656665", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")]
    public void Hmac_OfRfc4231_IsThePublishedOne(string key, string message, string expected)
    {
        byte[] code = new byte[Sha256.Length];
        HmacSha256.Compute(Convert.FromHexString(key), Encoding.ASCII.GetBytes(message), code);
        Assert.Equal(expected, Convert.ToHexStringLower(code));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(131)]
    public void Hmac_WithKeyOfAnyLength_EqualsTheRuntimes(int keyLength)
    {
        byte[] key = Enumerable.Range(0, keyLength).Select(i => (byte)i).ToArray();
        byte[] message = Encoding.ASCII.GetBytes("Test Using Larger Than Block-Size Key - Hash Key First");
        byte[] code = new byte[Sha256.Length];
        HmacSha256.Compute(key, message, code);
        Assert.Equal(HMACSHA256.HashData(key, message), code);
    }

    private static byte[] HashOf(byte[] data)
    {
        byte[] hash = new byte[Sha256.Length];
        Sha256.Hash(data, hash);
        return hash;
    }
}
