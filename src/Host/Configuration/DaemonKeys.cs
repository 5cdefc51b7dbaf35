using BondDhcp.Net;

namespace BondDhcp.Host.Configuration;

/// <summary>The keys outside the tables.</summary>
internal static class DaemonKeys
{
    /// <summary>DUID: a type of two octets and 1 to 128 more (RFC 9915 section 11.1).</summary>
    private const int MinDuidLength = 3, MaxDuidLength = 130;

    /// <summary>Option 61 (RFC 2132 section 9.14).</summary>
    private const int MinClientIdentifierLength = 2, MaxClientIdentifierLength = 255;

    /// <summary>Reads one value into the configuration.</summary>
    public delegate DaemonConfiguration Reader(DaemonConfiguration configuration, ConfigurationValue value);

    /// <summary>Every key that may stand there; <c>interface</c> is the tables'.</summary>
    public static readonly Dictionary<string, Reader> All = new(StringComparer.Ordinal)
    {
        ["hostname"] = ReadHostName,
        ["client-id"] = ReadClientIdentifier,
        ["duid"] = ReadDuid,
        ["control-group"] = ReadControlGroup,
        ["network-conf"] = StaticKeys.ReadNetworkConf,
        ["hooks"] = ReadHooks,
    };

    private static DaemonConfiguration ReadHostName(DaemonConfiguration configuration, ConfigurationValue value)
    {
        if (value.AsBoolean is { } on)
            return configuration with { HostNameSource = on ? HostNameSource.System : HostNameSource.None };
        if (value.AsText is { } name && NameRules.IsHostName(name))
            return configuration with { HostNameSource = HostNameSource.Configured, HostName = name };
        value.Refuse("must be true, false or a host name of letters, digits and hyphens");
        return configuration;
    }

    private static DaemonConfiguration ReadClientIdentifier(DaemonConfiguration configuration, ConfigurationValue value)
    {
        string? text = value.AsText;
        ClientIdentifierForm? form = text switch
        {
            "duid" => ClientIdentifierForm.Duid,
            "bare-duid" => ClientIdentifierForm.BareDuid,
            "mac" => ClientIdentifierForm.Mac,
            _ => null,
        };
        if (form is { } named) return configuration with { ClientIdentifierForm = named };
        if (HexText.TryParse(text, out byte[]? octets) && octets.Length is >= MinClientIdentifierLength and <= MaxClientIdentifierLength)
            return configuration with { ClientIdentifierForm = ClientIdentifierForm.Octets, ClientIdentifier = [.. octets] };
        value.Refuse("must be \"duid\", \"bare-duid\", \"mac\" or 2 to 255 octets in hexadecimal, such as \"01:02:00:5e:00:53:01\"");
        return configuration;
    }

    private static DaemonConfiguration ReadDuid(DaemonConfiguration configuration, ConfigurationValue value)
    {
        string? text = value.AsText;
        if (text == "auto") return configuration with { Duid = [] };
        if (HexText.TryParse(text, out byte[]? octets) && octets.Length is >= MinDuidLength and <= MaxDuidLength)
            return configuration with { Duid = [.. octets] };
        value.Refuse("must be \"auto\" or 3 to 130 octets in hexadecimal, such as \"00:04:...\"");
        return configuration;
    }

    private static DaemonConfiguration ReadControlGroup(DaemonConfiguration configuration, ConfigurationValue value)
    {
        string group = value.Text();
        if (group.AsSpan().ContainsAny(":, \t\n")) value.Refuse("is no group name");
        return configuration with { ControlGroup = group };
    }

    // Whether it is there is looked at when something is run: it may come later.
    private static DaemonConfiguration ReadHooks(DaemonConfiguration configuration, ConfigurationValue value)
    {
        string directory = value.Text();
        if (directory.Length > 0 && (directory[0] != '/' || directory.Contains('\0', StringComparison.Ordinal)))
            value.Refuse("must be the full path of a directory, such as \"/etc/bonddhcp/hooks.d\", or empty");
        else if (directory.Length > 0 && !Directory.Exists(directory)) value.Warn($"there is no directory '{EscapedText.Of(directory)}'; no hook is run until it is there");
        return configuration with { Hooks = directory };
    }
}
