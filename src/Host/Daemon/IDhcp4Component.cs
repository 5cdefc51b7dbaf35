using BondDhcp.Dhcp.Client;
using BondDhcp.Host.Status;

namespace BondDhcp.Host.Daemon;

/// <summary>DHCPv4 on one interface, as the daemon handles it: the runner in production, a script in tests.</summary>
internal interface IDhcp4Component : IDisposable
{
    /// <summary>Begins; what the interface lacks is waited for.</summary>
    void Start();

    /// <summary>Ends; <paramref name="done"/> is called once when nothing will be sent or changed any more.</summary>
    /// <param name="release">Give the lease back and take away what it gave; otherwise all stays.</param>
    /// <param name="done">Called from the loop, perhaps before this returns.</param>
    void Stop(bool release, Action done);

    /// <summary>Carries out a user's command; <paramref name="done"/> gets success, or why not.</summary>
    void Execute(Dhcp4Command command, Action<bool, string?> done);

    /// <summary>How it fares now.</summary>
    InterfaceSnapshot Snapshot();

    /// <summary>Why it does not run as wanted; null when it does.</summary>
    string? Why { get; }
}
