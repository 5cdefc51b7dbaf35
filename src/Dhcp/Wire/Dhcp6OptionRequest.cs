using System.Collections.Immutable;

namespace BondDhcp.Dhcp.Wire;

/// <summary>
/// Option 6: what a server is asked for, in order of preference. Required options (82, and 83 and 32 for
/// INFORMATION-REQUEST) are always there (RFC 9915 section 21.7).
/// </summary>
public static class Dhcp6OptionRequest
{
    /// <summary>DNS servers, search list, NTP, SOL_MAX_RT.</summary>
    public static readonly ImmutableArray<ushort> Default = [23, 24, 56, 82];

    /// <summary>DNS servers, search list, NTP, refresh time, INF_MAX_RT.</summary>
    public static readonly ImmutableArray<ushort> Information = [23, 24, 56, 32, 83];

    /// <summary>What is only reported: SNTP servers, time zone (RFC 4833), captive portal (RFC 8910), encrypted resolvers (RFC 9463).</summary>
    public static readonly ImmutableArray<ushort> Reported = [31, 41, 42, 103, 144];

    /// <summary>CLIENT_FQDN: where the name is sent, so that the server says what it made of it (RFC 4704 section 5).</summary>
    public const ushort ClientFqdn = 39;

    /// <summary>PD_EXCLUDE: where prefixes are asked for; the one code of an inner option that belongs here (RFC 6603 section 4.1).</summary>
    public const ushort PdExclude = 67;

    /// <summary>For SOLICIT, REQUEST, RENEW and REBIND.</summary>
    /// <param name="name">Option 39 is sent.</param>
    /// <param name="prefixes">An IA_PD is sent.</param>
    /// <param name="beside">What the configuration asks for beside.</param>
    public static ImmutableArray<ushort> For(bool name, bool prefixes, params IEnumerable<ushort> beside)
    {
        ImmutableArray<ushort> codes = [.. Default, .. Reported];
        if (name) codes = codes.Add(ClientFqdn);
        return With(prefixes ? codes.Add(PdExclude) : codes, beside);
    }

    /// <summary>For INFORMATION-REQUEST.</summary>
    /// <param name="beside">What the configuration asks for beside.</param>
    public static ImmutableArray<ushort> ForInformation(params IEnumerable<ushort> beside) => With([.. Information, .. Reported], beside);

    /// <summary>Under the anonymity profile (RFC 7844 section 4.6, as few as possible): DNS servers and search list, and what must be there.</summary>
    /// <param name="information">For INFORMATION-REQUEST.</param>
    /// <param name="beside">What the configuration asks for beside.</param>
    public static ImmutableArray<ushort> ForAnonymous(bool information, params IEnumerable<ushort> beside) =>
        With(information ? [23, 24, 32, 83] : [23, 24, 82], beside);

    private static ImmutableArray<ushort> With(ImmutableArray<ushort> codes, IEnumerable<ushort> beside) => [.. codes.Concat(beside).Distinct()];
}
