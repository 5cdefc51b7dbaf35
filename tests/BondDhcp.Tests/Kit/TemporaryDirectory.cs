namespace BondDhcp.Tests.Kit;

/// <summary>A directory of a test's own, gone when the test is.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("bonddhcp-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
