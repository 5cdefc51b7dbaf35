using BondDhcp.Net.Linux;
using Xunit;

namespace BondDhcp.Tests.Linux;

public sealed class ProgramPagesTests
{
    [Fact]
    public void GiveBack_UnmapsPagesOfTheProgramsFile()
    {
        long before = Mapped();
        ProgramPages.GiveBack();
        Assert.InRange(Mapped(), 0, before - 1);
    }

    // kB of the program's own file.
    private static long Mapped()
    {
        long sum = 0;
        bool own = false;
        foreach (string line in File.ReadAllLines("/proc/self/smaps"))
        {
            if (!char.IsAsciiLetterUpper(line[0])) own = line.EndsWith(Environment.ProcessPath!, StringComparison.Ordinal);
            else if (own && line.StartsWith("Rss:", StringComparison.Ordinal)) sum += long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture);
        }
        return sum;
    }
}
