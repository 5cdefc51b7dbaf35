using System.Buffers.Binary;

namespace BondDhcp.Bond.Wpa;

/// <summary>What happened to a radio switch (struct rfkill_event's op).</summary>
public enum RfkillOperation : byte
{
    /// <summary>It is there.</summary>
    Add = 0,
    /// <summary>It is gone.</summary>
    Delete = 1,
    /// <summary>It blocks or no longer does.</summary>
    Change = 2,
    /// <summary>All of a type.</summary>
    ChangeAll = 3,
}

/// <summary>An event of /dev/rfkill (linux/rfkill.h).</summary>
/// <param name="Index">N of rfkillN.</param>
/// <param name="Type">1 is wireless LAN.</param>
/// <param name="Operation">What happened.</param>
/// <param name="IsSoftBlocked">By software: can be undone by it.</param>
/// <param name="IsHardBlocked">By a switch or the firmware.</param>
public readonly record struct RfkillEvent(uint Index, byte Type, RfkillOperation Operation, bool IsSoftBlocked, bool IsHardBlocked)
{
    /// <summary>RFKILL_EVENT_SIZE_V1; later kernels may append octets.</summary>
    public const int Length = 8;

    /// <summary>RFKILL_TYPE_WLAN.</summary>
    public const byte WirelessLan = 1;

    /// <summary>Reads what one read(2) gave; null when it is too short or no event this version knows.</summary>
    public static RfkillEvent? Parse(ReadOnlySpan<byte> octets)
    {
        if (octets.Length < Length || octets[5] > (byte)RfkillOperation.ChangeAll) return null;
        // In the machine's order, and every machine this is built for has this one.
        return new RfkillEvent(
            BinaryPrimitives.ReadUInt32LittleEndian(octets), octets[4], (RfkillOperation)octets[5], octets[6] != 0, octets[7] != 0);
    }
}

/// <summary>The radio switches of this host.</summary>
public sealed class RfkillTable
{
    private readonly Dictionary<uint, RfkillEvent> _switches = [];

    /// <summary>Takes an event; true when something differs now.</summary>
    public bool Take(RfkillEvent told)
    {
        if (told.Type != RfkillEvent.WirelessLan || told.Operation == RfkillOperation.ChangeAll) return false;
        if (told.Operation == RfkillOperation.Delete) return _switches.Remove(told.Index);
        bool differs = !_switches.TryGetValue(told.Index, out RfkillEvent known)
            || known.IsSoftBlocked != told.IsSoftBlocked || known.IsHardBlocked != told.IsHardBlocked;
        _switches[told.Index] = told;
        return differs;
    }

    /// <summary>Why the radio with these switches is off, in words for <c>status</c>; null when it is not.</summary>
    public string? WhyBlocked(IEnumerable<uint> indices)
    {
        bool soft = false;
        bool hard = false;
        foreach (uint index in indices)
        {
            if (!_switches.TryGetValue(index, out RfkillEvent known)) continue;
            soft |= known.IsSoftBlocked;
            hard |= known.IsHardBlocked;
        }
        if (hard) return "hard-blocked: a switch of the machine has the radio off";
        return soft ? "soft-blocked: the radio is off; 'rfkill unblock wlan' turns it on" : null;
    }
}
