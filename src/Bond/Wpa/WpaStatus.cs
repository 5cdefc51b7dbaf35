using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using BondDhcp.Net;

namespace BondDhcp.Bond.Wpa;

/// <summary>wpa_state, in the order in which a connection passes through it.</summary>
public enum WpaState
{
    /// <summary>A word this version does not know.</summary>
    Unknown,
    /// <summary>DISCONNECTED.</summary>
    Disconnected,
    /// <summary>INTERFACE_DISABLED: it is down, or the radio is off.</summary>
    InterfaceDisabled,
    /// <summary>INACTIVE: no network is enabled.</summary>
    Inactive,
    /// <summary>SCANNING.</summary>
    Scanning,
    /// <summary>AUTHENTICATING.</summary>
    Authenticating,
    /// <summary>ASSOCIATING.</summary>
    Associating,
    /// <summary>ASSOCIATED.</summary>
    Associated,
    /// <summary>4WAY_HANDSHAKE.</summary>
    FourWayHandshake,
    /// <summary>GROUP_HANDSHAKE.</summary>
    GroupHandshake,
    /// <summary>COMPLETED.</summary>
    Completed,
}

/// <summary>The answer to STATUS, as far as it is of use.</summary>
public sealed record WpaStatus
{
    /// <summary>What the wired driver gives for an access point: the group address of port access entities (802.1X).</summary>
    public static readonly MacAddress PortAccessEntity = MacAddress.FromBytes([0x01, 0x80, 0xc2, 0x00, 0x00, 0x03]);

    private static readonly string[] s_states =
    [
        "UNKNOWN", "DISCONNECTED", "INTERFACE_DISABLED", "INACTIVE", "SCANNING", "AUTHENTICATING", "ASSOCIATING", "ASSOCIATED",
        "4WAY_HANDSHAKE", "GROUP_HANDSHAKE", "COMPLETED",
    ];

    /// <summary>wpa_state.</summary>
    public WpaState State { get; init; }

    /// <summary>The octets of the network's name; null when there is none.</summary>
    public ImmutableArray<byte>? Ssid { get; init; }

    /// <summary>The access point.</summary>
    public MacAddress? Bssid { get; init; }

    /// <summary>Number of the network in its configuration.</summary>
    public int? NetworkId { get; init; }

    /// <summary>key_mgmt in its words, such as <c>WPA2-PSK</c> or <c>IEEE 802.1X (no WPA)</c>.</summary>
    public string? KeyManagement { get; init; }

    /// <summary>suppPortStatus: the port is authorised; null where it does not speak 802.1X.</summary>
    public bool? PortAuthorised { get; init; }

    /// <summary>EAP state in its words, such as <c>SUCCESS</c>.</summary>
    public string? EapState { get; init; }

    /// <summary>The driver is for wires.</summary>
    public bool IsWired => Bssid == PortAccessEntity;

    /// <summary>Keys or access come out of an EAP exchange.</summary>
    public bool IsEap =>
        KeyManagement is { } words
        && (words.Contains("EAP", StringComparison.Ordinal) || words.Contains("802.1X", StringComparison.Ordinal));

    /// <summary>The supplicant's own word for a state.</summary>
    public static string NameOf(WpaState state) => s_states[(int)state];

    /// <summary>Reads an answer; null when it has no wpa_state and so is none.</summary>
    public static WpaStatus? Parse(ReadOnlySpan<byte> reply)
    {
        WpaState? state = null;
        WpaStatus status = new();
        foreach (Range line in reply.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> text = reply[line];
            int equals = text.IndexOf((byte)'=');
            if (equals <= 0) continue;
            ReadOnlySpan<byte> value = text[(equals + 1)..];
            switch (Encoding.ASCII.GetString(text[..equals]))
            {
                case "wpa_state": state = StateOf(value); break;
                case "ssid": status = status with { Ssid = value.IsEmpty ? null : [.. WpaText.Unescape(value)] }; break;
                case "bssid": status = status with { Bssid = MacAddress.TryParse(Text(value), out MacAddress mac) ? mac : null }; break;
                case "id": status = status with { NetworkId = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : null }; break;
                case "key_mgmt": status = status with { KeyManagement = EscapedText.Of(value) }; break;
                case "suppPortStatus": status = status with { PortAuthorised = value.SequenceEqual("Authorized"u8) }; break;
                case "EAP state": status = status with { EapState = EscapedText.Of(value) }; break;
            }
        }
        return state is { } known ? status with { State = known } : null;
    }

    /// <summary>The number of EAPOL frames received, of an answer to MIB; null when it is not there.</summary>
    public static long? EapolFramesReceived(ReadOnlySpan<byte> reply)
    {
        foreach (Range line in reply.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> text = reply[line];
            if (text.StartsWith("dot1xSuppEapolFramesRx="u8)
                && long.TryParse(text["dot1xSuppEapolFramesRx=".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out long count))
                return count;
        }
        return null;
    }

    private static WpaState StateOf(ReadOnlySpan<byte> word) => (WpaState)Math.Max(0, Array.IndexOf(s_states, Text(word)));

    private static string Text(ReadOnlySpan<byte> octets) => Encoding.ASCII.GetString(octets);
}
