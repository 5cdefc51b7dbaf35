namespace BondDhcp.Dhcp.Options;

/// <summary>Which DHCPv4 options a configuration may speak of, and why not of others. Each gives null or the reason.</summary>
public static class Dhcp4OptionRules
{
    private const string Ours = "the client sets it itself";
    private const string Between = "it is a matter between client and server, and nothing is configured by it";
    private const string Time = "how long a lease is good for is the server's to say: who uses it longer has an address that another host may have";
    private const string Unsupported = "authentication is not supported";

    /// <summary>Why the client is not to send it.</summary>
    public static string? WhyNotSend(byte code) => code switch
    {
        12 or 81 => "the key is 'hostname'",
        55 => "the key is 'request'",
        61 => "the key is 'client-id'",
        80 => "the key is 'rapid-commit'",
        108 => "the key is 'ipv6-only'",
        116 => "the key is 'ipv4-link-local'",
        50 => "the address last held is asked for in any case",
        51 => "how long a lease is good for is the server's to say",
        53 or 54 or 56 or 57 or 58 or 59 => Ours,
        82 => "relay agents add it",
        90 or 145 => Unsupported,
        _ => WhyNot(code),
    };

    /// <summary>Why what the server says of it is not to be changed.</summary>
    public static string? WhyNotChange(byte code) => code switch
    {
        51 or 58 or 59 => Time,
        50 or 53 or 54 or 55 or 56 or 57 or 61 or 80 or 82 or 90 or 108 or 116 or 145 => Between,
        _ => WhyNot(code),
    };

    /// <summary>Why a server is not asked for it.</summary>
    public static string? WhyNotAsk(byte code) => code switch
    {
        108 => "the key is 'ipv6-only'",
        50 or 53 or 54 or 55 or 57 or 61 or 80 or 82 or 116 => "servers send it by themselves, or never",
        90 or 145 => Unsupported,
        _ => WhyNot(code),
    };

    private static string? WhyNot(byte code) => code switch
    {
        0 or 255 => "it is no option: it ends options or pads them",
        52 => "it says where options are in a message, and belongs to that message",
        _ => null,
    };
}
