using BondDhcp.Dhcp.Client6;
using BondDhcp.Net;

namespace BondDhcp.Host.Configuration;

/// <summary>
/// An IAID is one of the client's interfaces alone (RFC 9915 section 12, RFC 4361 section 6.1): of two that say the same, a
/// server takes both for one, and gives them the same address.
/// </summary>
internal static class IaidCheck
{
    /// <summary>Refuses what two interfaces have in common, at a place where it is written down.</summary>
    /// <param name="all">Every interface, when all of them have been read.</param>
    /// <param name="form">What the client identifier of DHCPv4 is made of.</param>
    /// <param name="problems">Of the file; names it.</param>
    public static void Of(IReadOnlyList<InterfaceDraft> all, ClientIdentifierForm form, ProblemList problems)
    {
        for (int i = 0; i < all.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (AreOneClient(all[i].Configuration, all[j].Configuration, form)) Refuse(all[i], all[j], problems);
            }
        }
    }

    private static bool AreOneClient(InterfaceConfiguration one, InterfaceConfiguration other, ClientIdentifierForm form)
    {
        // Under the anonymity profile it follows the hardware address.
        if (one.Anonymity || other.Anonymity || InterfaceIdentity.IaidOf(one) != InterfaceIdentity.IaidOf(other)) return false;
        return (HasIa(one) && HasIa(other)) || (form == ClientIdentifierForm.Duid && one.Dhcp4 && other.Dhcp4);
    }

    private static bool HasIa(InterfaceConfiguration one) => one.Dhcp6 is Dhcp6Mode.Stateful or Dhcp6Mode.Auto || (one.Dhcp6 is not null && one.PrefixLengthHint is not null);

    private static void Refuse(InterfaceDraft later, InterfaceDraft earlier, ProblemList problems)
    {
        // The later of two that are written; the one that is written where a name makes the other.
        (InterfaceDraft told, InterfaceDraft other) = later.Configuration.Iaid is null && earlier.Configuration.Iaid is not null ? (earlier, later) : (later, earlier);
        string its = $"[interface.{EscapedText.Of(other.Configuration.Name)}]";
        string iaid = FormattableString.Invariant($"{InterfaceIdentity.IaidOf(told.Configuration).Value}");
        string theirs = other.Configuration.Iaid is not null && other.Find("iaid") is { } written
            ? FormattableString.Invariant($"{iaid} is the IAID of {its} in line {written.Span.Start.Line + 1} too")
            : FormattableString.Invariant($"{iaid} is the IAID that the name of {its}{(other.Values.Count > 0 ? $" in line {other.Span.Start.Line + 1}" : "")} makes");
        string message = $"{theirs}, and a server would take both interfaces for one; write another number, or leave it out: then the name makes one";
        if (told.Configuration.Iaid is not null && told.Find("iaid") is { } value) value.Refuse(message);
        else problems.Add(told.Span, $"{theirs}, and that of {EscapedText.Of(told.Configuration.Name)} makes the same; write 'iaid = 1' for one of them");
    }
}
