namespace BondDhcp.Dhcp.Options;

/// <summary>Which DHCPv6 options a configuration may speak of, and why not of others. Each gives null or the reason.</summary>
public static class Dhcp6OptionRules
{
    private const string Ours = "the client sets it itself";
    private const string Between = "it is a matter between client and server, and nothing is configured by it";
    private const string Time = "it says when the client is to ask, which is the server's to say";
    private const string Unsupported = "authentication and Reconfigure are not supported";
    private const string Relays = "it is for relay agents";

    /// <summary>Why the client is not to send it.</summary>
    public static string? WhyNotSend(ushort code) => code switch
    {
        1 => "the key is 'duid'",
        3 => "the keys are 'dhcp6' and 'iaid'",
        6 => "the key is 'request'",
        14 => "the key is 'rapid-commit'",
        25 or 26 => "the key is 'prefix-delegation'",
        39 => "the key is 'hostname'",
        2 or 5 or 7 or 8 or 13 or 67 => Ours,
        _ => WhyNot(code),
    };

    /// <summary>Why what the server says of it is not to be changed.</summary>
    public static string? WhyNotChange(ushort code) => code switch
    {
        32 or 82 or 83 => Time,
        1 or 2 or 6 or 7 or 8 or 13 or 14 => Between,
        3 or 5 or 25 or 26 or 67 => "leases are the server's; addresses of your own go into 'addresses'",
        _ => WhyNot(code),
    };

    /// <summary>Why a server is not asked for it (RFC 9915 section 21.7).</summary>
    public static string? WhyNotAsk(ushort code) => code switch
    {
        1 or 2 or 3 or 5 or 6 or 7 or 8 or 13 or 14 or 15 or 16 or 25 or 26 => "servers send it by themselves, or never",
        _ => WhyNot(code),
    };

    private static string? WhyNot(ushort code) => code switch
    {
        0 => "there is no such option",
        4 or 12 => "it is obsolete (RFC 9915)",
        9 or 18 or 37 or 38 or 53 or 66 or 79 or 80 or 135 => Relays,
        11 or 19 or 20 => Unsupported,
        _ => null,
    };
}
