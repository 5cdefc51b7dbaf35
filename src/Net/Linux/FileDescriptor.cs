using Tmds.Linux;

namespace BondDhcp.Net.Linux;

/// <summary>A file descriptor with one owner. Closed once; used by one thread, so that it needs no reference count.</summary>
public sealed class FileDescriptor : IDisposable
{
    private int _number;

    private FileDescriptor(int number) => _number = number;

    /// <summary>The number; -1 once closed.</summary>
    public int Number => _number;

    /// <summary>Owns what a call returned.</summary>
    /// <exception cref="LinuxException">The call returned -1.</exception>
    public static FileDescriptor Own(int result, string call) =>
        result >= 0 ? new FileDescriptor(result) : throw LinuxException.Last(call);

    /// <inheritdoc/>
    public void Dispose()
    {
        int number = _number;
        _number = -1;
        // The result says nothing of use: Linux has released the number in any case (close(2)).
        if (number >= 0) _ = LibC.close(number);
    }
}
