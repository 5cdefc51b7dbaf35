using BondDhcp.Host.Supplicants;
using BondDhcp.Host.Text;
using BondDhcp.Net;

namespace BondDhcp.Host.Configuration;

/// <summary>The keys about an interface's wpa_supplicant.</summary>
internal static class SupplicantKeys
{
    /// <summary>The names that <c>wpa_supplicant -D</c> knows on Linux.</summary>
    private static readonly string[] s_drivers = ["nl80211", "wext", "wired", "macsec_linux", "macsec_qca", "hostap", "none"];

    /// <summary>Adds their readers.</summary>
    public static void AddTo(Dictionary<string, InterfaceKeys.Reader> keys)
    {
        keys.Add("supplicant", ReadSupplicant);
        keys.Add("supplicant-driver", ReadDrivers);
    }

    private static void ReadSupplicant(InterfaceDraft draft, ConfigurationValue value)
    {
        string path = value.Text();
        if (path.Length > 0 && (path[0] != '/' || path.Any(char.IsControl)))
            value.Refuse("must be the absolute path of a wpa_supplicant.conf, or empty");
        draft.SupplicantFile = path;
        Join(draft);
    }

    private static void ReadDrivers(InterfaceDraft draft, ConfigurationValue value)
    {
        string drivers = value.Text();
        foreach (string driver in drivers.Split(','))
        {
            if (s_drivers.Contains(driver, StringComparer.Ordinal)) continue;
            value.Refuse($"'{EscapedText.Of(driver)}' is no driver of wpa_supplicant{Suggestion.Phrase(driver, s_drivers)}; there are {string.Join(", ", s_drivers)}");
        }
        draft.SupplicantDriver = drivers;
        Join(draft);
    }

    // The two keys stand in any order.
    private static void Join(InterfaceDraft draft)
    {
        SupplicantSettings? settings = draft.SupplicantFile.Length > 0
            ? new SupplicantSettings(draft.Configuration.Name, draft.SupplicantFile, draft.SupplicantDriver)
            : null;
        draft.HasSupplicant = settings is { IsWired: false };
        draft.Configuration = draft.Configuration with { Supplicant = settings };
    }
}
