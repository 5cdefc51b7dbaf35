using BondDhcp.Net;
using Xunit;

namespace BondDhcp.Tests.Host;

public class IoFailureTests
{
    private static string Reason(Func<object> act, string path) => IoFailure.Of(Assert.ThrowsAny<Exception>(act), path);

    [Fact]
    public void Refusal_IsToldInTheKernelsWords()
    {
        Assert.Equal("there is no such file", Reason(() => File.ReadAllText("/nowhere/at/all"), "/nowhere/at/all"));
        Assert.Equal("Is a directory", Reason(() => File.ReadAllText("/proc"), "/proc"));
        Assert.Equal("File exists", Reason(() => Directory.CreateDirectory("/proc/version"), "/proc/version"));
    }

    [Fact]
    public void OwnWords_StayAsTheyAre() => Assert.Equal("too long", IoFailure.Of(new IOException("too long"), "/etc"));
}
