using BondDhcp.Dhcp.Client;
using BondDhcp.Net;
using BondDhcp.Net.Linux;

namespace BondDhcp.Host.Runner;

/// <summary>Routes of a lease that another program removes: put back, seldom and not for ever.</summary>
internal abstract partial class DhcpRunner
{
    private readonly MissingRoutes _missing = new();
    private bool _judgesRoutes;

    /// <summary>Those of our routes that the kernel has not, in words; from now on they do not count as ours. None where it does not say.</summary>
    protected virtual string[] TakeMissingRoutes() => [];

    /// <summary>Told that a route of ours went; asked whether it is gone, when nothing is to be read any more: all that was said with it is known then.</summary>
    protected void JudgeRoutesSoon()
    {
        if (_judgesRoutes) return;
        _judgesRoutes = true;
        EventLoop.Defer(() => Guard(JudgeRoutes));
    }

    /// <summary>They are there again, or no lease wants them any more.</summary>
    protected void ForgetMissingRoutes()
    {
        _missing.Forget();
        _restoreRoutes.At = Instant.Never;
    }

    /// <summary>With what is to be said of missing routes.</summary>
    /// <param name="why">Why the client is not as wanted; null when it is.</param>
    protected string? WithMissingRoutes(string? why)
    {
        if (_missing.Names.IsEmpty) return why;
        string names = string.Join(", ", _missing.Names);
        string missing = !_restoreRoutes.At.IsNever ? RestoreBudget.Words(names, _restoreRoutes.At, BoottimeClock.Now)
            : _missing.AreGivenUp ? $"{names} was removed by another program again and again; left to it until the lease is renewed"
            : $"{names} was removed by another program";
        return why is null ? missing : $"{missing}; {why}";
    }

    private void JudgeRoutes()
    {
        _judgesRoutes = false;
        // What the kernel dropped with the interface comes back with it.
        if (!Started || Taken is not { } link || Network.Rtnl.FindLink(link.Index) is not { IsUp: true }) return;
        string[] missing = TakeMissingRoutes();
        if (missing.Length == 0) return;
        Instant now = BoottimeClock.Now;
        _missing.Add(missing, now);
        Instant at = _missing.BackAt;
        foreach (string route in missing)
        {
            Warn(at.IsNever ? $"{route} was removed by another program again and again; it is not put back before the lease is renewed"
                : at > now ? RestoreBudget.Words(route, at, now)
                : $"{route} was removed by another program; it is put back");
        }
        if (at <= now) RestoreRoutes();
        else _restoreRoutes.At = at;
    }

    // With an interface that is down they would be refused.
    private void RestoreRoutes()
    {
        if (Taken is { IsUp: true }) ConfigureAgain();
    }
}
