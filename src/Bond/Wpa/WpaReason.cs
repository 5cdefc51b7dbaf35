using BondDhcp.Net;

namespace BondDhcp.Bond.Wpa;

/// <summary>The words that <c>status</c> has for a path that is not open.</summary>
internal static class WpaReason
{
    /// <summary>Why frames do not pass; null when they do.</summary>
    public static string? Of(WpaClient client)
    {
        WpaView view = client.View;
        switch (view.Presence)
        {
            case WpaPresence.Absent or WpaPresence.Gone:
                return client.ConnectProblem is { } problem ? $"wpa_supplicant cannot be reached: {problem}" : "wpa_supplicant is not running";
            case WpaPresence.Attaching: return "wpa_supplicant was found; its state is being asked for";
        }
        if (view.PermitsFrames) return null;
        return client.Trouble.Words ?? OfState(view);
    }

    /// <summary>What an event says of why a connection does not come about; null when nothing.</summary>
    public static WpaTrouble? TroubleOf(WpaEvent told) => told.Kind switch
    {
        WpaEventKind.NetworkDisabled => new WpaTrouble(OfDisabled(told), OutlivesAttempts: true),
        WpaEventKind.NetworkNotFound => new WpaTrouble("no configured network is in range", false),
        WpaEventKind.AssociationRejected => new WpaTrouble($"the access point{At(told)} refuses the association{Code(told)}", false),
        WpaEventKind.AuthenticationRejected => new WpaTrouble($"the access point{At(told)} refuses the authentication{Code(told)}", false),
        WpaEventKind.EapFailed => new WpaTrouble("the 802.1X authentication failed", false),
        WpaEventKind.Asking => new WpaTrouble($"wpa_supplicant asks for something; answer it with wpa_cli: {EscapedText.Of(told.Text)}", false),
        _ => null,
    };

    private static string OfState(WpaView view) => view.WpaState switch
    {
        WpaState.Disconnected => "not connected",
        WpaState.InterfaceDisabled => "the interface is disabled",
        WpaState.Inactive => "no network is enabled in its configuration",
        WpaState.Scanning => "looking for a network",
        WpaState.Authenticating => "authenticating",
        WpaState.Associating => "associating",
        WpaState.Associated => view.IsWired ? "waiting for the 802.1X authentication" : "associated, waiting for the keys",
        WpaState.FourWayHandshake => "4-way handshake",
        WpaState.GroupHandshake => "group key handshake",
        WpaState.Completed => "the 802.1X port is not authorised",
        _ => "in a state this version does not know",
    };

    private static string OfDisabled(WpaEvent told)
    {
        string network = told.Ssid is { } ssid ? $" for \"{EscapedText.Of(ssid.AsSpan())}\"" : "";
        string what = told.Reason switch
        {
            "WRONG_KEY" => "wrong key" + network,
            "AUTH_FAILED" => "authentication failed" + network,
            "NO_PSK_AVAILABLE" => "no key available" + network,
            null => "connecting failed" + network,
            { } other => $"connecting failed{network} ({EscapedText.Of(other)})",
        };
        string count = told.Failures is { } failures ? FormattableString.Invariant($", {failures} failure{(failures == 1 ? "" : "s")}") : "";
        string again = told.DurationSeconds is { } seconds ? FormattableString.Invariant($", tried again after {seconds} s") : "";
        return what + count + again;
    }

    private static string At(WpaEvent told) => told.Bssid is { } bssid ? $" {bssid}" : "";

    private static string Code(WpaEvent told) => told.Reason is { } code ? $" (status {EscapedText.Of(code)})" : "";
}
