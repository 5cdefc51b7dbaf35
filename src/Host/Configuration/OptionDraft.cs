using System.Collections.Immutable;
using BondDhcp.Dhcp.Options;
using BondDhcp.Dhcp.Wire;

namespace BondDhcp.Host.Configuration;

/// <summary>What an interface's section says about options, while it is read.</summary>
internal sealed class OptionDraft
{
    // Code and length, before the data of each option.
    private const int Ipv4HeaderLength = 2, Ipv6HeaderLength = 4;

    private readonly List<(OptionName Name, OptionOverride Its, ConfigurationValue Value)> _overrides = [];
    private readonly List<(OptionName Name, ConfigurationValue Value)> _requested = [];
    private readonly List<(OptionName Name, ConfigurationValue Value)> _required = [];

    /// <summary>Adds one that is asked for; it may be there once.</summary>
    public void Ask(OptionName name, bool required, ConfigurationValue value, Action<string> refuse)
    {
        List<(OptionName Name, ConfigurationValue Value)> list = required ? _required : _requested;
        if (list.Exists(one => one.Name == name)) refuse($"{name} is there twice");
        else list.Add((name, value));
    }

    /// <summary>Adds one that is set; it may be there once, and not beside another that says the opposite.</summary>
    public void Set(OptionName name, OptionOverride its, ConfigurationValue value)
    {
        foreach ((OptionName other, OptionOverride there, _) in _overrides)
        {
            if (other != name) continue;
            if (there.Act == its.Act)
            {
                value.Refuse($"{name} is there twice");
                return;
            }
            if (its.Act == OptionAct.Send || there.Act == OptionAct.Send || (its.Act != OptionAct.Supersede && there.Act != OptionAct.Supersede)) continue;
            value.Refuse($"'supersede' takes the place of all that is said of {name}; remove it or the other");
            return;
        }
        _overrides.Add((name, its, value));
    }

    /// <summary>What can be said only when the whole section has been read, and what it all comes to.</summary>
    public InterfaceConfiguration Complete(InterfaceConfiguration configuration)
    {
        CheckRoom();
        foreach ((OptionName name, ConfigurationValue value) in _overrides.Select(static one => (one.Name, one.Value)).Concat(_requested).Concat(_required))
            if (name.IsIpv6 ? configuration.Dhcp6 is null : configuration is { Dhcp4: false, Inform: false }) value.Warn($"{name} has no effect: {(name.IsIpv6 ? "dhcp6" : "dhcp4")} is off");
        return configuration with { Options4 = Of(isIpv6: false), Options6 = Of(isIpv6: true) };
    }

    /// <summary>Says of each option that is sent why it cannot be.</summary>
    public void RefuseSent(string why)
    {
        foreach ((OptionName _, OptionOverride its, ConfigurationValue value) in _overrides)
            if (its.Act == OptionAct.Send) value.Refuse(why);
    }

    /// <summary>Says something of each option that is asked for.</summary>
    public void WarnOfAsked(string what)
    {
        foreach ((OptionName name, ConfigurationValue value) in _requested.Concat(_required)) value.Warn($"{name} is {what}");
    }

    private OptionOverrides Of(bool isIpv6)
    {
        ImmutableArray<ushort> Codes(List<(OptionName Name, ConfigurationValue Value)> named) => [.. named.Where(one => one.Name.IsIpv6 == isIpv6).Select(one => one.Name.Code)];
        return new OptionOverrides
        {
            Request = Codes(_requested),
            Require = Codes(_required),
            All = [.. _overrides.Where(one => one.Name.IsIpv6 == isIpv6).Select(static one => one.Its)],
        };
    }

    // A message must hold them beside everything else, however long that is.
    private void CheckRoom()
    {
        foreach (bool isIpv6 in (ReadOnlySpan<bool>)[false, true])
        {
            int most = isIpv6 ? Dhcp6MessageWriter.MaxSentLength : Dhcp4MessageWriter.MaxSentLength, length = 0;
            foreach ((OptionName name, OptionOverride its, ConfigurationValue value) in _overrides)
            {
                if (its.Act != OptionAct.Send || name.IsIpv6 != isIpv6) continue;
                if (!isIpv6 && its.Data.Length > byte.MaxValue) value.Refuse(FormattableString.Invariant($"{name} is {its.Data.Length} octets long; an option has room for 255"));
                bool fitted = length <= most;
                length += (isIpv6 ? Ipv6HeaderLength : Ipv4HeaderLength) + its.Data.Length;
                if (fitted && length > most) value.Refuse(FormattableString.Invariant($"the options sent are {length} octets together by here; a message has room for {most}"));
            }
            int asked = 0, mostAsked = isIpv6 ? Dhcp6MessageWriter.MaxAsked : Dhcp4MessageWriter.MaxAsked;
            foreach ((OptionName name, ConfigurationValue value) in _requested.Concat(_required))
                if (name.IsIpv6 == isIpv6 && ++asked == mostAsked + 1) value.Refuse(FormattableString.Invariant($"more than {mostAsked} options"));
        }
    }
}
