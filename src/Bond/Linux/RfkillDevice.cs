using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using BondDhcp.Net.Linux;
using BondDhcp.Net.Linux.Interop;
using Tmds.Linux;

namespace BondDhcp.Bond.Linux;

/// <summary>/dev/rfkill, for reading alone, and which of its switches belong to an interface.</summary>
public sealed unsafe class RfkillDevice : IDisposable
{
    /// <summary>Where the kernel has it.</summary>
    public const string DefaultPath = "/dev/rfkill";

    private readonly FileDescriptor _device;

    private RfkillDevice(FileDescriptor device) => _device = device;

    /// <summary>For the event loop.</summary>
    public int Descriptor => _device.Number;

    /// <summary>Opens it; null when that is not possible, for the reason <paramref name="problem"/>.</summary>
    public static RfkillDevice? TryOpen(string path, out string? problem)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            int result = LibC.open(name, LibC.O_RDONLY | LibC.O_NONBLOCK | LibC.O_CLOEXEC, default);
            problem = result < 0 ? Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()) : null;
            return result < 0 ? null : new RfkillDevice(FileDescriptor.Own(result, "open"));
        }
    }

    /// <summary>One event's octets; 0 when there is none.</summary>
    public int Read(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            long count;
            do count = (long)LibC.read(_device.Number, start, buffer.Length);
            while (count < 0 && Marshal.GetLastPInvokeError() == KernelNumbers.EINTR);
            return (int)Math.Max(0, count);
        }
    }

    /// <summary>The switches of an interface's radio: those of the same phy. None where it has no radio.</summary>
    /// <param name="interfaceName">The interface.</param>
    /// <param name="sysfs">/sys, unless in a test.</param>
    public static IReadOnlyList<uint> SwitchesOf(string interfaceName, string sysfs = "/sys")
    {
        try
        {
            if (TargetName($"{sysfs}/class/net/{interfaceName}/phy80211") is not { } phy) return [];
            List<uint> switches = [];
            foreach (string path in Directory.GetDirectories($"{sysfs}/class/rfkill", "rfkill*"))
                if (TargetName($"{path}/device") == phy && Number(Path.GetFileName(path)) is { } number) switches.Add(number);
            return switches;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // No radio, or the device went while we looked.
            return [];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _device.Dispose();

    private static string? TargetName(string link) => Path.GetFileName(new FileInfo(link).LinkTarget);

    private static uint? Number(string name) =>
        uint.TryParse(name["rfkill".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : null;
}
