using System.Globalization;
using BondDhcp.Net;

namespace BondDhcp.Bond.Wpa;

/// <summary>What the supplicant says of its state.</summary>
internal sealed partial class WpaTurn
{
    private void TakeStatus(ReadOnlySpan<byte> reply)
    {
        if (WpaStatus.Parse(reply) is not { } status)
        {
            Ignore();
            return;
        }
        bool wired = _client.OnWire || status.IsWired;
        bool authorised = wired && status.PortAuthorised is { } port ? port : status.State == WpaState.Completed;
        bool wasAttaching = _client.View.Presence != WpaPresence.Attached;
        WpaView view = _client.View with
        {
            Presence = WpaPresence.Attached,
            WpaState = status.State,
            SsidOctets = status.Ssid,
            Ssid = status.Ssid is { } ssid ? EscapedText.Of(ssid.AsSpan()) : null,
            KeyMgmt = status.KeyManagement,
            IsEap = status.IsEap,
            IsWired = wired,
        };
        _client = _client with { View = view, RetryDelay = WpaClient.FirstRetryDelay };
        Authorise(authorised, wired ? null : status.Bssid);
        if (status.IsEap && authorised && _client.View.EapIdentity is null && status.NetworkId is { } id)
            Ask(string.Create(CultureInfo.InvariantCulture, $"{GetNetwork}{id} identity"));
        if (wired && wasAttaching) Ask(Mib);
    }

    private void TakeMib(ReadOnlySpan<byte> reply)
    {
        if (WpaStatus.EapolFramesReceived(reply) is not { } received)
        {
            Ignore();
            return;
        }
        // A supplicant that was started anew counts from 0. Without a carrier nothing is received.
        long baseline = _client.HasCarrier ? _client.EapolBaseline : received;
        if (received < baseline) baseline = 0;
        bool saw = _client.HasCarrier && received > baseline;
        _client = _client with { EapolBaseline = baseline, View = _client.View with { SawEapol = saw } };
    }

    private void TakeUnsolicited(ReadOnlySpan<byte> datagram)
    {
        if (_client.Outstanding == Attach && datagram is not [(byte)'<' or (byte)'I', ..])
        {
            Answer(Attach, datagram);
            return;
        }
        if (WpaEvent.Parse(datagram) is not { } told)
        {
            Ignore();
            return;
        }
        Heard();
        if (told.Kind == WpaEventKind.Terminating) Lose();
        else if (told.Kind != WpaEventKind.Noise) Follow(told);
    }

    private void Follow(WpaEvent told)
    {
        switch (told.Kind)
        {
            case WpaEventKind.Connected:
                _client = _client with { Trouble = WpaTrouble.None, View = _client.View with { WpaState = WpaState.Completed } };
                Authorise(true, _client.View.IsWired || told.Bssid == WpaStatus.PortAccessEntity ? null : told.Bssid);
                break;
            case WpaEventKind.Disconnected:
                _client = _client with { View = _client.View with { WpaState = WpaState.Disconnected } };
                Authorise(false, null);
                break;
            case WpaEventKind.EapProgress or WpaEventKind.EapFailed:
                _client = _client with { View = _client.View with { SawEapol = _client.HasCarrier } };
                break;
            case WpaEventKind.NetworkEnabled:
                _client = _client with { Trouble = _client.Trouble with { OutlivesAttempts = false } };
                break;
            case WpaEventKind.Trying when !_client.Trouble.OutlivesAttempts:
                _client = _client with { Trouble = WpaTrouble.None };
                break;
        }
        if (WpaReason.TroubleOf(told) is { } trouble && (trouble.OutlivesAttempts || !_client.Trouble.OutlivesAttempts))
            _client = _client with { Trouble = trouble };
        if (_client.Outstanding == Status) _client = _client with { OutstandingIsStale = true };
        Ask(Status);
    }

    // Access granted, or granted elsewhere, is another path; that STATUS repeats it is not.
    private void Authorise(bool authorised, MacAddress? bssid)
    {
        WpaView view = _client.View;
        bool isNew = authorised && (!view.IsAuthorised || bssid is not null && view.Bssid is not null && bssid != view.Bssid);
        _client = _client with
        {
            View = view with
            {
                IsAuthorised = authorised,
                Bssid = bssid,
                EapIdentity = authorised ? view.EapIdentity : null,
                PathGeneration = view.PathGeneration + (isNew ? 1 : 0),
            },
        };
        if (authorised) _client = _client with { Trouble = WpaTrouble.None };
    }
}
