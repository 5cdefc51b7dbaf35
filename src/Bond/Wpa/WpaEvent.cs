using System.Collections.Immutable;
using System.Text;
using BondDhcp.Net;

namespace BondDhcp.Bond.Wpa;

/// <summary>What an unsolicited message of wpa_supplicant is about.</summary>
public enum WpaEventKind
{
    /// <summary>Something that may have changed its state: STATUS tells.</summary>
    Other,
    /// <summary>Of no consequence: scans, signal strength, stations seen.</summary>
    Noise,
    /// <summary>CTRL-EVENT-CONNECTED.</summary>
    Connected,
    /// <summary>CTRL-EVENT-DISCONNECTED.</summary>
    Disconnected,
    /// <summary>CTRL-EVENT-SSID-TEMP-DISABLED.</summary>
    NetworkDisabled,
    /// <summary>CTRL-EVENT-SSID-REENABLED.</summary>
    NetworkEnabled,
    /// <summary>CTRL-EVENT-ASSOC-REJECT.</summary>
    AssociationRejected,
    /// <summary>CTRL-EVENT-AUTH-REJECT.</summary>
    AuthenticationRejected,
    /// <summary>CTRL-EVENT-NETWORK-NOT-FOUND.</summary>
    NetworkNotFound,
    /// <summary>It tries to authenticate or associate.</summary>
    Trying,
    /// <summary>CTRL-EVENT-EAP-STARTED and others of an EAP exchange: an EAPOL frame was received.</summary>
    EapProgress,
    /// <summary>CTRL-EVENT-EAP-FAILURE.</summary>
    EapFailed,
    /// <summary>CTRL-REQ-...: it wants to be told something, such as a password.</summary>
    Asking,
    /// <summary>CTRL-EVENT-TERMINATING.</summary>
    Terminating,
}

/// <summary>An unsolicited message: <c>&lt;level&gt;TEXT</c>, after <c>IFNAME=x </c> on a socket for all interfaces.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Level">0 all to 5 error.</param>
/// <param name="Text">The message, with every octet that is not printable ASCII escaped.</param>
/// <param name="Bssid">The access point, where it is named.</param>
/// <param name="Ssid">The network's name, where it is given; its own octets.</param>
/// <param name="Reason">The word or number of <c>reason=</c>, or <c>status_code=</c>.</param>
/// <param name="Failures"><c>auth_failures=</c>.</param>
/// <param name="DurationSeconds"><c>duration=</c>.</param>
public sealed record WpaEvent(
    WpaEventKind Kind, int Level, string Text, MacAddress? Bssid = null, ImmutableArray<byte>? Ssid = null, string? Reason = null,
    int? Failures = null, int? DurationSeconds = null)
{
    /// <summary>Longer than anything that is looked at; the supplicant's own buffer is 4 KiB.</summary>
    public const int MaxLength = 8192;

    private const string InterfacePrefix = "IFNAME=";
    private const string ConnectedPrefix = "CTRL-EVENT-CONNECTED - Connection to ";

    // The longest prefix that fits comes first.
    private static readonly (string Prefix, WpaEventKind Kind)[] s_kinds =
    [
        ("CTRL-EVENT-CONNECTED", WpaEventKind.Connected),
        ("CTRL-EVENT-DISCONNECTED", WpaEventKind.Disconnected),
        ("CTRL-EVENT-SSID-TEMP-DISABLED", WpaEventKind.NetworkDisabled),
        ("CTRL-EVENT-SSID-REENABLED", WpaEventKind.NetworkEnabled),
        ("CTRL-EVENT-ASSOC-REJECT", WpaEventKind.AssociationRejected),
        ("CTRL-EVENT-AUTH-REJECT", WpaEventKind.AuthenticationRejected),
        ("CTRL-EVENT-NETWORK-NOT-FOUND", WpaEventKind.NetworkNotFound),
        ("CTRL-EVENT-EAP-FAILURE", WpaEventKind.EapFailed),
        ("CTRL-EVENT-EAP-", WpaEventKind.EapProgress),
        ("CTRL-EVENT-TERMINATING", WpaEventKind.Terminating),
        ("CTRL-EVENT-SCAN-", WpaEventKind.Noise),
        ("CTRL-EVENT-BSS-", WpaEventKind.Noise),
        ("CTRL-EVENT-SIGNAL-CHANGE", WpaEventKind.Noise),
        ("CTRL-EVENT-BEACON-LOSS", WpaEventKind.Noise),
        ("CTRL-EVENT-REGDOM-CHANGE", WpaEventKind.Noise),
        ("CTRL-REQ-", WpaEventKind.Asking),
        ("Trying to ", WpaEventKind.Trying),
        ("SME: Trying to ", WpaEventKind.Trying),
    ];

    /// <summary>Reads one datagram; null when it is no event.</summary>
    public static WpaEvent? Parse(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length > MaxLength) return null;
        ReadOnlySpan<byte> rest = datagram.TrimEnd("\n\0"u8);
        if (rest.StartsWith("IFNAME="u8))
        {
            int blank = rest.IndexOf((byte)' ');
            if (blank <= InterfacePrefix.Length) return null;
            rest = rest[(blank + 1)..];
        }
        if (rest.Length < 4 || rest[0] != '<' || rest[1] is < (byte)'0' or > (byte)'9' || rest[2] != '>') return null;
        return Of(rest[1] - '0', Printable(rest[3..]));
    }

    private static WpaEvent Of(int level, string text)
    {
        WpaEventKind kind = WpaEventKind.Other;
        foreach ((string prefix, WpaEventKind candidate) in s_kinds)
        {
            if (!text.StartsWith(prefix, StringComparison.Ordinal)) continue;
            kind = candidate;
            break;
        }
        return new WpaEvent(kind, level, text)
        {
            Bssid = kind == WpaEventKind.Connected ? ConnectedTo(text) : Address(WpaText.Word(text, "bssid")),
            Ssid = WpaText.Quoted(text, "ssid") is { } ssid ? [.. ssid] : null,
            Reason = WpaText.Word(text, "reason") ?? WpaText.Word(text, "status_code"),
            Failures = WpaText.Number(text, "auth_failures"),
            DurationSeconds = WpaText.Number(text, "duration"),
        };
    }

    private static MacAddress? ConnectedTo(string text)
    {
        if (!text.StartsWith(ConnectedPrefix, StringComparison.Ordinal)) return null;
        string rest = text[ConnectedPrefix.Length..];
        return Address(rest.Split(' ')[0]);
    }

    private static MacAddress? Address(string? text) => MacAddress.TryParse(text ?? "", out MacAddress mac) ? mac : null;

    // The supplicant escapes what came over the air by itself; what is still unprintable came from elsewhere.
    private static string Printable(ReadOnlySpan<byte> text)
    {
        var printable = new StringBuilder(text.Length);
        foreach (byte octet in text)
        {
            if (octet is >= 0x20 and < 0x7f) printable.Append((char)octet);
            else printable.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\x{octet:x2}");
        }
        return printable.ToString();
    }
}
