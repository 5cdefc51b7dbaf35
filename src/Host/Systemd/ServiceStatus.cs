using BondDhcp.Host.Status;
using BondDhcp.Net;

namespace BondDhcp.Host.Systemd;

/// <summary>The line that <c>systemctl status</c> shows: how every interface that is to have addresses fares.</summary>
internal static class ServiceStatus
{
    /// <summary>Several interfaces with several addresses each; a terminal shows less of it.</summary>
    private const int MaxLength = 512;

    /// <summary><c>bond0 over w1: dhcp4 bound 192.0.2.5/24, dhcp6 soliciting; eth2: static 198.51.100.2/24</c>.</summary>
    public static string Of(DaemonSnapshot snapshot)
    {
        string text = string.Join("; ", snapshot.Interfaces.Where(static one => one.IsAddressed).Select(Describe));
        return text.Length == 0 ? "no interface is to have addresses" : EscapedText.Of(text, MaxLength);
    }

    private static string Describe(InterfaceSnapshot one)
    {
        string name = one.ActiveSlave is { } slave ? $"{one.Name} over {slave}" : one.Name;
        List<string> facts = [];
        if (one.Dhcp4 is { } dhcp4) facts.Add($"dhcp4 {dhcp4.State}{Addresses(one, "dhcp4")}");
        if (one.Dhcp6 is { } dhcp6) facts.Add($"dhcp6 {dhcp6.State}{Addresses(one, "dhcp6")}");
        foreach (string origin in (ReadOnlySpan<string>)["static", "fallback"])
            if (Addresses(one, origin) is { Length: > 0 } list) facts.Add(origin + list);
        if (!one.IsUsable && one.Why is { } why) facts.Add(why);
        return $"{name}: {string.Join(", ", facts)}";
    }

    private static string Addresses(InterfaceSnapshot one, string origin) =>
        string.Concat(one.Addresses.Where(address => address.Origin == origin).Select(address => " " + address.Address));
}
