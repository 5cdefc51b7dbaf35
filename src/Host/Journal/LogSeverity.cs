using Microsoft.Extensions.Logging;

namespace BondDhcp.Host.Journal;

/// <summary>Which events reach the log, and how loud.</summary>
internal static class LogSeverity
{
    /// <summary>Events that text from the network, or a hostile network, can cause in any number.</summary>
    public static bool IsLimited(string name) => name is "refused" or "conflict" or "warning" or "dropped";

    /// <summary>Events in words of our own: two that differ are two things to know. Of the others, one is like the next.</summary>
    public static bool IsToldInWords(string name) => name == "warning";

    /// <summary>The level of an event; packets and their like are for <c>watch</c>.</summary>
    public static LogLevel Of(string name) => name switch
    {
        "warning" or "conflict" or "leaseExpired" or "leaseLost" or "refused" => LogLevel.Warning,
        "fault" => LogLevel.Error,
        "sent" or "received" or "dropped" or "announced" or "gateway" or "peerNotifications" => LogLevel.Debug,
        _ => LogLevel.Information,
    };
}
