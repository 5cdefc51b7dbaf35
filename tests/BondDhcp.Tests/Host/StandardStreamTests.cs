using BondDhcp.Host.Commands.Linux;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace BondDhcp.Tests.Host;

public class StandardStreamTests
{
    [Fact]
    public void Write_ToAFullDisk_SaysSo()
    {
        using SafeFileHandle full = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write);
        using StandardStream stream = new((int)full.DangerousGetHandle());
        IOException refused = Assert.Throws<IOException>(() => stream.Write("text"u8));
        Assert.EndsWith("No space left on device", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_AfterAnotherWriterOfTheSameFile_GoesBehindIt()
    {
        string path = Path.GetTempFileName();
        try
        {
            using (SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Write))
            {
                // What a shell does with "(one; two) > file": the position belongs to the descriptor, not to the stream.
                using StandardStream one = new((int)file.DangerousGetHandle()), two = new((int)file.DangerousGetHandle());
                one.Write("one "u8);
                two.Write("two"u8);
            }
            Assert.Equal("one two", File.ReadAllText(path));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
