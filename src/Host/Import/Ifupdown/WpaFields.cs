using System.Globalization;
using System.Text;
using BondDhcp.Net;

namespace BondDhcp.Host.Import.Ifupdown;

/// <summary>How the value of a <c>wpa-</c> option stands in a network block.</summary>
internal enum WpaForm
{
    /// <summary>In quotes ("ascii" in Debian's script).</summary>
    Text,
    /// <summary>A pass phrase in quotes, or a key of 256 bits in hex.</summary>
    Psk,
    /// <summary>A WEP key: in hex by its length, else in quotes.</summary>
    WepKey,
    /// <summary>A number.</summary>
    Number,
    /// <summary>Numbers with blanks between them.</summary>
    Numbers,
    /// <summary>Words that wpa_supplicant knows, as <c>WPA-PSK</c>.</summary>
    Words,
    /// <summary>A hardware address, or <c>any</c>.</summary>
    Bssid,
    /// <summary>As it stands, which is in quotes.</summary>
    Quoted,
}

/// <summary>
/// The fields of a network block that ifupdown's <c>wpa-</c> options give, with the quotes of Debian's wpasupplicant (its functions.sh,
/// conf_wpa_supplicant() and wpa_key_check_and_set()). wpa_supplicant refuses a file with one bad value as a whole, where the script
/// goes on without it: what it would refuse is not written.
/// </summary>
internal static class WpaFields
{
    /// <summary>SSIDs are of 1 to 32 octets (IEEE 802.11).</summary>
    private const int MaxSsidLength = 32;

    /// <summary>wpa_supplicant reads lines of so many octets at most.</summary>
    private const int MaxLineLength = 500;

    private const int PskHexLength = 64, MinPassphraseLength = 8, MaxPassphraseLength = 63, MaxWepKeyLength = 16;

    /// <summary>The options without their <c>wpa-</c>, in the order in which the script takes them.</summary>
    public static readonly (string Name, WpaForm Form)[] All =
    [
        ("ssid", WpaForm.Text), ("priority", WpaForm.Number), ("bssid", WpaForm.Bssid), ("psk", WpaForm.Psk), ("pairwise", WpaForm.Words), ("group", WpaForm.Words),
        ("mode", WpaForm.Number), ("frequency", WpaForm.Number), ("scan-freq", WpaForm.Numbers), ("freq-list", WpaForm.Numbers), ("key-mgmt", WpaForm.Words),
        ("proto", WpaForm.Words), ("auth-alg", WpaForm.Words), ("scan-ssid", WpaForm.Number), ("identity", WpaForm.Text), ("anonymous-identity", WpaForm.Text),
        ("eap", WpaForm.Words), ("password", WpaForm.Text), ("ca-cert", WpaForm.Text), ("ca-path", WpaForm.Text), ("client-cert", WpaForm.Text),
        ("private-key", WpaForm.Text), ("private-key-passwd", WpaForm.Text), ("dh-file", WpaForm.Text), ("subject-match", WpaForm.Text), ("altsubject-match", WpaForm.Text),
        ("ca-cert2", WpaForm.Text), ("ca-path2", WpaForm.Text), ("client-cert2", WpaForm.Text), ("private-key2", WpaForm.Text), ("dh-file2", WpaForm.Text),
        ("subject-match2", WpaForm.Text), ("altsubject-match2", WpaForm.Text), ("phase1", WpaForm.Text), ("phase2", WpaForm.Text), ("pcsc", WpaForm.Quoted),
        ("pin", WpaForm.Text), ("engine", WpaForm.Number), ("engine-id", WpaForm.Text), ("key-id", WpaForm.Text), ("eapol-flags", WpaForm.Number),
        ("wep-key0", WpaForm.WepKey), ("wep-key1", WpaForm.WepKey), ("wep-key2", WpaForm.WepKey), ("wep-key3", WpaForm.WepKey), ("wep-tx-keyidx", WpaForm.Number),
        ("proactive-key-caching", WpaForm.Number), ("pac-file", WpaForm.Text), ("id-str", WpaForm.Text),
    ];

    /// <summary>The field as wpa_supplicant's file has it, such as <c>ssid="home"</c>; null, with the reason, where it would be refused. The reason tells no value.</summary>
    /// <param name="name">The option without its <c>wpa-</c>.</param>
    /// <param name="form">Its form.</param>
    /// <param name="value">The option's value.</param>
    /// <param name="why">Why it is null.</param>
    public static string? Of(string name, WpaForm form, string value, out string why)
    {
        why = "";
        if (value.Any(static c => char.IsControl(c) || c == '\ufffd'))
        {
            why = "it holds a control character, or one that is not UTF-8";
            return null;
        }
        string? text = form switch
        {
            WpaForm.Text => TextOf(name, name == "ssid" ? Unquoted(value) : value, ref why),
            WpaForm.Psk => PskOf(Unquoted(value), ref why),
            WpaForm.WepKey => WepKeyOf(Unquoted(value)),
            WpaForm.Number => IsNumber(value, HighestOf(name)) ? value : null,
            WpaForm.Numbers => value.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(static word => IsNumber(word, int.MaxValue)) ? value : null,
            WpaForm.Words => value.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(word => WordsOf(name).Split(' ').Contains(word, StringComparer.Ordinal)) ? value : null,
            WpaForm.Bssid => value == "any" || (value.Contains(':', StringComparison.Ordinal) && MacAddress.TryParse(value, out _)) ? value : null,
            _ => value.Length > 1 && value[0] == '"' && value[^1] == '"' && !value.Contains('#', StringComparison.Ordinal) ? value : null,
        };
        if (text is null && why.Length == 0) why = "wpa_supplicant would not take its value";
        string line = $"{name.Replace('-', '_')}={text}";
        if (text is not null && Encoding.UTF8.GetByteCount(line) > MaxLineLength) (text, why) = (null, "it is longer than a line that wpa_supplicant reads");
        return text is null ? null : line;
    }

    // Of hostap 2.11; one of which a build knows nothing it refuses, with the file.
    private static string WordsOf(string name) => name switch
    {
        "pairwise" => "CCMP TKIP GCMP CCMP-256 GCMP-256 NONE",
        "group" => "CCMP TKIP GCMP CCMP-256 GCMP-256 WEP40 WEP104 GTK_NOT_USED",
        "proto" => "WPA RSN WPA2 OSEN",
        "auth-alg" => "OPEN SHARED LEAP",
        "key-mgmt" => "WPA-PSK WPA-EAP IEEE8021X NONE WPA-NONE FT-PSK FT-EAP FT-EAP-SHA384 WPA-PSK-SHA256 WPA-EAP-SHA256 WPA-EAP-SHA384 WPS SAE SAE-EXT-KEY FT-SAE FT-SAE-EXT-KEY "
            + "OSEN WPA-EAP-SUITE-B WPA-EAP-SUITE-B-192 FILS-SHA256 FILS-SHA384 FT-FILS-SHA256 FT-FILS-SHA384 OWE DPP",
        "eap" => "MD5 TLS MSCHAPV2 PEAP TTLS GTC OTP LEAP FAST SIM AKA AKA' PSK PAX SAKE GPSK IKEV2 PWD EKE TNC WSC TEAP UNAUTH-TLS WFA-UNAUTH-TLS",
        _ => "",
    };

    private static int HighestOf(string name) => name switch
    {
        "scan-ssid" or "engine" or "proactive-key-caching" => 1,
        "eapol-flags" or "wep-tx-keyidx" => 3,
        "mode" => 5,
        "frequency" => 65_000,
        _ => int.MaxValue,
    };

    private static string? TextOf(string name, string value, ref string why)
    {
        byte[] octets = Encoding.UTF8.GetBytes(value);
        if (name == "ssid" && octets.Length is 0 or > MaxSsidLength)
        {
            why = FormattableString.Invariant($"an SSID has 1 to {MaxSsidLength} octets");
            return null;
        }
        // Without quotes it is the same in hex.
        return IsCutOff(value) ? Convert.ToHexStringLower(octets) : $"\"{value}\"";
    }

    private static string? PskOf(string value, ref string why)
    {
        if (value.Length == PskHexLength && value.All(char.IsAsciiHexDigit)) return value;
        int length = Encoding.UTF8.GetByteCount(value);
        if (length is < MinPassphraseLength or > MaxPassphraseLength)
            why = FormattableString.Invariant($"a pass phrase has {MinPassphraseLength} to {MaxPassphraseLength} octets, a key {PskHexLength} hexadecimal digits");
        else if (IsCutOff(value)) why = "a '#' behind a quotation mark begins a comment there; wpa_passphrase(8) makes the 64 hexadecimal digits of it";
        return why.Length == 0 ? $"\"{value}\"" : null;
    }

    private static string? WepKeyOf(string value)
    {
        if (value.Length is 10 or 26 or 32 && value.All(char.IsAsciiHexDigit)) return value;
        byte[] octets = Encoding.UTF8.GetBytes(value);
        // The script takes 58 digits for a key of 232 bits, which wpa_supplicant has not.
        if (octets.Length is 0 or > MaxWepKeyLength) return null;
        return IsCutOff(value) ? Convert.ToHexStringLower(octets) : $"\"{value}\"";
    }

    // hostap's wpa_config_get_line takes the next quotation mark for the end of a text, and a '#' after it for a comment.
    private static bool IsCutOff(string value) => value.IndexOf('"', StringComparison.Ordinal) is >= 0 and var mark && value.IndexOf('#', mark) >= 0;

    // The script: one pair of quotation marks around the whole is not part of it.
    private static string Unquoted(string value) => value.Length > 1 && value[0] == '"' && value[^1] == '"' ? value[1..^1] : value;

    private static bool IsNumber(string text, int highest) =>
        int.TryParse(text, highest == int.MaxValue ? NumberStyles.AllowLeadingSign : NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= highest && text[0] != '+';
}
