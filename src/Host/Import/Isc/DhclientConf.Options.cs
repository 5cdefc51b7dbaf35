using System.Globalization;
using System.Text;
using BondDhcp.Dhcp.Options;
using BondDhcp.Host.Configuration;
using BondDhcp.Net;

namespace BondDhcp.Host.Import.Isc;

/// <summary>Its statements about options.</summary>
internal sealed partial class DhclientConf
{
    private const byte HostNameOption = 12, ClientIdentifierOption = 61;

    private IscOption? OptionOf(IscStatement statement, string name)
    {
        if (_names.Find(name) is { } option) return option;
        LoseValue(statement, 2, $"option '{Shown(name)}' is not known; give its number");
        return null;
    }

    private void Send(IscStatement statement, DhclientSettings settings)
    {
        string name = statement.Argument(1).ToLowerInvariant();
        if (name.StartsWith("fqdn.", StringComparison.Ordinal))
        {
            SendNamePart(statement, name["fqdn.".Length..], settings);
            return;
        }
        if (OptionOf(statement, name) is not { } option) return;
        if (option == new IscOption(HostNameOption, false) && IsCall(statement, "gethostname"))
        {
            settings.HostName = ("", At(statement));
            return;
        }
        if (option == new IscOption(ClientIdentifierOption, false) && statement.Tokens is [_, _, .., { Kind: IscTokenKind.Word, Value: var last }]
            && last.Equals("hardware", StringComparison.OrdinalIgnoreCase))
        {
            settings.ClientIdentifierIsHardware = At(statement);
            settings.ClientIdentifier = null;
            return;
        }
        if (IscOptionValue.Read(option, statement, 2, out string why) is not { } data)
        {
            LoseValue(statement, 2, why);
            return;
        }
        switch (option)
        {
            case { IsDhcp6: false, Code: HostNameOption }:
                settings.HostName = (Encoding.Latin1.GetString(data.AsSpan()), At(statement));
                break;
            case { IsDhcp6: false, Code: ClientIdentifierOption }:
                settings.ClientIdentifier = (data, At(statement));
                settings.ClientIdentifierIsHardware = null;
                break;
            default:
                settings.Sent.RemoveAll(one => one.Option == option);
                settings.Sent.Add(new DhclientOption(option, data, At(statement)));
                break;
        }
    }

    // "= gethostname()", with or without the sign.
    private static bool IsCall(IscStatement statement, string function) =>
        statement.Tokens.Skip(2).Where(token => !token.Is('=')).ToArray() is [{ Kind: IscTokenKind.Word } called, var open, var close]
        && called.Value.Equals(function, StringComparison.OrdinalIgnoreCase) && open.Is('(') && close.Is(')');

    private void SendNamePart(IscStatement statement, string part, DhclientSettings settings)
    {
        const byte serverUpdates = 1, noClientUpdate = 2, encoded = 4;
        string value = statement.Argument(statement.Tokens.Length > 2 && statement.Tokens[2].Is('=') ? 3 : 2);
        bool on = value.ToLowerInvariant() is "on" or "true" or "1";
        if (part == "encoded" && on) settings.NameFlags |= encoded;
        if (part == "server-update" && on) settings.NameFlags |= serverUpdates;
        if (part == "no-client-update" && on) settings.NameFlags |= noClientUpdate;
        if (part == "fqdn" && NameRules.IsHostName(value.TrimEnd('.'))) settings.FullyQualifiedName = (value, At(statement));
        else if (part == "fqdn") Lose(statement, "it is no host name that is written out");
        else if (part != "encoded") Lose(statement, "the server is asked to update nothing and to say what it did (flags of option 81)");
    }

    private void Request(IscStatement statement, int at, DhclientSettings settings, bool also)
    {
        List<(IscOption, SourceLine)> list = also ? settings.Requested ?? DefaultRequest(At(statement)) : [];
        list.AddRange(OptionsOf(statement, at));
        settings.Requested = list;
    }

    private static List<(IscOption, SourceLine)> DefaultRequest(SourceLine from) =>
    [
        .. DhclientSettings.DefaultRequest.Select(code => (new IscOption(code, false), from)),
        .. DhclientSettings.DefaultRequest6.Select(code => (new IscOption(code, true), from)),
    ];

    private void Require(IscStatement statement, int at, DhclientSettings settings, bool also)
    {
        if (!also) settings.Required.Clear();
        settings.Required.AddRange(OptionsOf(statement, at));
    }

    private IEnumerable<(IscOption, SourceLine)> OptionsOf(IscStatement statement, int at)
    {
        foreach (IscToken token in statement.Tokens.Skip(at))
        {
            if (token.Kind == IscTokenKind.Sign) continue;
            if (_names.Find(token.Value) is { } option) yield return (option, new SourceLine(statement.File, token.Line));
            else _draft.Lose(new SourceLine(statement.File, token.Line), $"'{(at > 1 ? statement.Keyword + ' ' : "")}{statement.Word(at - 1)} {Shown(token.Value)}': the option is not known; give its number");
        }
    }

    private void Modify(IscStatement statement, OptionAct act, DhclientSettings settings)
    {
        if (OptionOf(statement, statement.Argument(1)) is not { } option) return;
        if (IscOptionValue.Read(option, statement, 2, out string why) is { } data)
        {
            settings.Modified.RemoveAll(one => one.Act == act && one.Option.Option == option);
            settings.Modified.Add((act, new DhclientOption(option, data, At(statement))));
        }
        else
        {
            LoseValue(statement, 2, why);
        }
    }

    private void Reject(IscStatement statement, DhclientSettings settings)
    {
        foreach (IscToken token in statement.Tokens.Skip(1))
        {
            if (token.Kind == IscTokenKind.Sign) continue;
            if (Ipv4Address.TryParse(token.Value, out Ipv4Address server) && server.IsUsableUnicast) settings.Rejected.Add((server.ToString(), At(statement)));
            else Lose(statement, $"reject-server takes servers one by one, and '{Shown(token.Value)}' is no address of one");
        }
    }

    private void SelectTimeout(IscStatement statement, DhclientSettings settings)
    {
        const uint mostSeconds = 60; // what offer-wait takes
        if (uint.TryParse(statement.Word(1), NumberStyles.None, CultureInfo.InvariantCulture, out uint seconds) && seconds <= mostSeconds)
            settings.SelectTimeout = (seconds, At(statement));
        else Lose(statement, "offer-wait takes 0 to 60 seconds");
    }
}
