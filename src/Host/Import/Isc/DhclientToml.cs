using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using BondDhcp.Dhcp.Options;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Host.Configuration;

namespace BondDhcp.Host.Import.Isc;

/// <summary>Settings of dhclient as keys of the configuration.</summary>
internal static class DhclientToml
{
    private static readonly OptionAct[] s_modifiers = [OptionAct.Supersede, OptionAct.Default, OptionAct.Prepend, OptionAct.Append];

    private const ushort DomainName = 15;
    private const ushort DomainSearchCode = 119;
    private const string DomainSearch = "domain-search";

    /// <summary>What is asked for without a word: nothing is to be added for it.</summary>
    private static ImmutableArray<byte> AskedForAnyway => [.. Dhcp4ParameterRequestList.Default, .. Dhcp4ParameterRequestList.Reported];

    // The refresh time is asked for where there is one to be had.
    private static readonly ImmutableArray<ushort> s_askedForAnyway6 = [.. Dhcp6OptionRequest.For(name: true, prefixes: true), .. Dhcp6OptionRequest.ForInformation()];

    /// <summary>What DHCPv6 asks for without a word.</summary>
    public static bool IsAskedForAnyway6(ushort code) => s_askedForAnyway6.Contains(code);

    /// <summary>The keys of one interface.</summary>
    /// <param name="draft">Gets them, and is told of what has none.</param>
    /// <param name="one">The interface.</param>
    /// <param name="settings">What dhclient would do on it.</param>
    public static void Apply(ImportDraft draft, ImportedInterface one, DhclientSettings settings)
    {
        AskFor(draft, one, settings);
        Require(draft, one, settings);
        Send(draft, one, settings);
        foreach (OptionAct act in s_modifiers) Modify(draft, one, settings, act);
        if (one.Dhcp4 && settings.SelectTimeout is { Seconds: > 0 } wait)
            draft.Set(one, "offer-wait", new ImportedValue((wait.Seconds * 1000).ToString(CultureInfo.InvariantCulture), wait.From, "select-timeout in milliseconds"));
        foreach ((string server, SourceLine from) in settings.Rejected) one.Add("reject-server", new ImportedValue(TomlText.Quote(server), from));
    }

    private static OptionName NameOf(IscOption option) => new(option.IsDhcp6, option.Code);

    private static bool IsWanted(ImportedInterface one, IscOption option) => option.IsDhcp6 ? one.Dhcp6 : one.Dhcp4;

    private static void AskFor(ImportDraft draft, ImportedInterface one, DhclientSettings settings)
    {
        foreach ((IscOption option, SourceLine from) in settings.Requested ?? [])
        {
            if (!IsWanted(one, option)) continue;
            bool anyway = option.IsDhcp6 ? IsAskedForAnyway6(option.Code) : AskedForAnyway.Contains((byte)option.Code);
            if (anyway) continue;
            if (NameOf(option).WhyNotAsk is { } why) draft.Lose(from, $"request {option.Key}: {why}");
            else one.Add("request", new ImportedValue(TomlText.Quote(option.Key), from));
        }
    }

    private static void Require(ImportDraft draft, ImportedInterface one, DhclientSettings settings)
    {
        foreach ((IscOption option, SourceLine from) in settings.Required)
        {
            if (!IsWanted(one, option)) continue;
            if (NameOf(option).WhyNotAsk is { } why) draft.Lose(from, $"require {option.Key}: {why}");
            else one.Add("require", new ImportedValue(TomlText.Quote(option.Key), from));
        }
    }

    private static void Send(ImportDraft draft, ImportedInterface one, DhclientSettings settings)
    {
        List<DhclientOption> sent = [];
        foreach (DhclientOption option in settings.Sent)
        {
            if (!IsWanted(one, option.Option)) continue;
            if (NameOf(option.Option).WhyNot(OptionAct.Send) is { } why) draft.Lose(option.From, $"send {option.Option.Key}: {why}");
            else sent.Add(option);
        }
        Table(draft, one, "send", sent);
    }

    private static void Modify(ImportDraft draft, ImportedInterface one, DhclientSettings settings, OptionAct act)
    {
        string key = act.ToString().ToLowerInvariant();
        List<DhclientOption> taken = [];
        foreach ((_, DhclientOption option) in settings.Modified.Where(option => option.Act == act && IsWanted(one, option.Option.Option)))
        {
            if (NameOf(option.Option).WhyNot(act) is { } why) draft.Lose(option.From, $"{key} {option.Option.Key}: {why}");
            else taken.Add(option);
        }
        Table(draft, one, key, taken);
    }

    // A line for each option: one that the configuration's reader refuses does not take the others along.
    private static void Table(ImportDraft draft, ImportedInterface one, string table, List<DhclientOption> options)
    {
        bool hasSearch = options.Exists(option => option.Option is { IsDhcp6: false, Code: DomainSearchCode });
        foreach (DhclientOption option in options)
        {
            (string key, string value) = !hasSearch && Searched(option) is { } domains
                ? (DomainSearch, domains)
                : (option.Option.Key, OptionToml.Value(option.Option, option.Data));
            draft.Set(one, $"{table}.{TomlText.Key(key)}", new ImportedValue(value, option.From));
        }
    }

    // Before there was option 119, several domains were written into the one name of option 15, and resolvers searched all of them.
    private static string? Searched(DhclientOption option)
    {
        if (option.Option is not { IsDhcp6: false, Code: DomainName }) return null;
        string[] names = Encoding.Latin1.GetString(option.Data.AsSpan()).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return names.Length > 1 && names.All(NameRules.IsHostName) ? TomlText.Array(names.Select(TomlText.Quote)) : null;
    }

    /// <summary>The name that servers are told, as the key <c>hostname</c>; null where dhclient is told nothing, and sends none.</summary>
    public static ImportedValue? HostName(ImportDraft draft, DhclientSettings settings)
    {
        if (settings.FullyQualifiedName is { } qualified) return new ImportedValue(TomlText.Quote(qualified.Name.TrimEnd('.')), qualified.From, "with a dot: option 81");
        if (settings.HostName is not { } host) return null;
        if (host.Name.Length == 0) return new ImportedValue("true", host.From);
        if (!NameRules.IsHostName(host.Name))
        {
            draft.Lose(host.From, $"send host-name \"{BondDhcp.Net.EscapedText.Of(Encoding.Latin1.GetBytes(host.Name))}\": it is no host name, and none is sent");
            return new ImportedValue("false", host.From);
        }
        bool dotted = host.Name.Contains('.', StringComparison.Ordinal);
        return new ImportedValue(TomlText.Quote(host.Name), host.From, dotted ? "with a dot it goes into option 81, not into option 12" : "");
    }
}
