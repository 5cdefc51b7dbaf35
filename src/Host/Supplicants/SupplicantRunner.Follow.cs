using BondDhcp.Bond.Links;
using BondDhcp.Bond.Netlink;
using BondDhcp.Bond.Wpa;
using BondDhcp.Host.Loop;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Supplicants;

/// <summary>What happens while a supplicant runs.</summary>
internal sealed partial class SupplicantRunner
{
    private const string Reread = "RECONFIGURE";
    private const string Reassociate = "REASSOCIATE";

    private ProcessDescriptor? _peer;
    private LoopWatch? _peerWatch;

    private void FollowLinks(IReadOnlyList<LinkEvent> events) => Guard(FollowLink);

    private void FollowLink()
    {
        if (_phase is Phase.Stopped or Phase.Ending) return;
        bool isThere = _network.Table.TryFind(_settings.InterfaceName, out Link? link);
        if (isThere && link!.Index == _interfaceIndex)
        {
            _connection.Give(new WpaInput.Carrier(link.Carrier));
            return;
        }
        // It keeps the index of the interface it was started for: with another of the same name it does nothing.
        if (_phase != Phase.NoInterface) End(Begin);
        else if (isThere) Begin();
    }

    private void FollowClient()
    {
        WpaView view = _connection.Client.View;
        if (_phase == Phase.Ending)
        {
            if (_owner == Owner.Unit && view.Presence != WpaPresence.Attached) FinishEnding();
            return;
        }
        if (view.Presence == WpaPresence.Attached && _phase == Phase.Running)
        {
            _wasAttached = true;
            (_trouble, _failed) = (null, false);
            HoldPeer();
            CutLog();
            if (_mustReread)
            {
                _mustReread = false;
                RereadFile();
                return;
            }
        }
        else if (view.Presence == WpaPresence.Gone && _phase == Phase.Running && _owner == Owner.Foreign) FollowForeignEnd();
        Tell();
    }

    // A datagram socket does not tell that its peer was killed; a pidfd does.
    private void HoldPeer()
    {
        if (_process is not null || _peer is not null || _connection.PeerPid <= 0) return;
        if (ProcessIdentity.Of(_connection.PeerPid) is not { } identity || ProcessDescriptor.Open(identity) is not { } peer) return;
        _peer = peer;
        _peerWatch = _loop.Register(peer.Descriptor, Readiness.Read, _ => Guard(FollowPeerEnd));
    }

    private void FollowPeerEnd()
    {
        _peerWatch?.Dispose();
        _peer?.Dispose();
        (_peerWatch, _peer) = (null, null);
        _connection.Give(new WpaInput.Refused());
    }

    private void FollowForeignEnd()
    {
        _retryDelay = s_foreignDelay;
        BackOff($"the wpa_supplicant on {_settings.InterfaceName}, which was not ours, ended; one is started", failed: false);
        _retryDelay = FirstRetryDelay;
    }

    private void FollowHang()
    {
        if (_phase != Phase.Running) return;
        Warn($"wpa_supplicant does not answer on {_file.SocketOf(_settings.InterfaceName)}{(_owner == Owner.Foreign ? "" : "; it is started anew")}");
        if (_owner == Owner.Ours) _process?.Kill();
        else if (_owner == Owner.Unit) RestartUnit();
    }

    private void RereadFile()
    {
        _stamp = FileStamp.Of(_settings.ConfigurationFile);
        if (_owner == Owner.Ours && _process is not null)
            _ = new SupplicantRecord(_bootId, _process.Identity, _interfaceIndex, _settings, _stamp).Write(RecordPath);
        _connection.Give(new WpaInput.Command(Reread));
        _connection.Give(new WpaInput.Command(Reassociate));
    }

    private void FollowAnswer(string request, string? reply)
    {
        if (reply == "OK") return;
        string answer = reply is null ? "gave no answer" : $"answered '{reply}'";
        Warn(request == Reread
            ? $"wpa_supplicant does not take the changed {_settings.ConfigurationFile}: it {answer}"
            : $"wpa_supplicant {answer} to {request}");
    }

    // Appended to by the supplicant: what is cut away is gone, and it goes on at the start.
    private void CutLog()
    {
        if (_owner == Owner.Ours && new FileInfo(LogPath) is { Exists: true, Length: > MaxLogLength }) OutputFile.Empty(LogPath);
    }

    private void Tell()
    {
        WpaView view = View;
        (string, string?, MacAddress?, string?) now = (view.State, view.Ssid, view.Bssid, view.Why);
        if (now != _told)
        {
            _told = now;
            _journal("supplicant", Report.Of(
                "supplicant", ("state", view.State), ("ssid", view.Ssid), ("bssid", view.Bssid), ("why", view.Why)));
        }
        Changed?.Invoke();
    }

    private bool IsBlocked => _rfkill?.WhyBlocked(_settings.InterfaceName) is not null;

    // A radio that is switched off is set down. Its supplicant sets it up again, but only one that knows of the switch.
    private void FollowSwitch()
    {
        bool wasBlocked = _isBlocked;
        _isBlocked = IsBlocked;
        if (wasBlocked && !_isBlocked && _network.Table.TryFind(_settings.InterfaceName, out Link? link) && !link.IsUp)
        {
            RtnlResult result = _network.Rtnl.SetUp(link.Index);
            if (!result.Succeeded) Warn($"the radio is on again, and the interface could not be set up: {result}");
        }
        Tell();
    }
}
