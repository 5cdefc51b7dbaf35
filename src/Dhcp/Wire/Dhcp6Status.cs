using System.Globalization;

namespace BondDhcp.Dhcp.Wire;

/// <summary>The codes of option 13 (RFC 9915 section 21.13). Others are kept as they are.</summary>
public enum Dhcp6StatusCode : ushort
{
    /// <summary>Success; also what an absent option means.</summary>
    Success = 0,
    /// <summary>Failure for a reason that is not said.</summary>
    UnspecFail = 1,
    /// <summary>The server has no addresses for the IA.</summary>
    NoAddrsAvail = 2,
    /// <summary>The server does not know the binding.</summary>
    NoBinding = 3,
    /// <summary>The prefix of an address is not this link's.</summary>
    NotOnLink = 4,
    /// <summary>Obsolete since RFC 9915; a client multicasts in any case.</summary>
    UseMulticast = 5,
    /// <summary>The server has no prefixes for the IA.</summary>
    NoPrefixAvail = 6,
}

/// <summary>A status as sent, of a message, an IA, an address or a prefix.</summary>
/// <param name="Code">The code; <see cref="Dhcp6StatusCode.Success"/> when none was sent.</param>
/// <param name="Text">The server's words, escaped; null when no status was sent, empty when it has no words.</param>
public readonly record struct Dhcp6Status(Dhcp6StatusCode Code, string? Text)
{
    /// <summary>No option 13: success.</summary>
    public static readonly Dhcp6Status None;

    /// <summary>Sent or implied.</summary>
    public bool IsSuccess => Code == Dhcp6StatusCode.Success;

    /// <summary>The RFC's name, <c>status-99</c> for a code without one.</summary>
    public string Name => NameOf(Code);

    /// <inheritdoc cref="Name"/>
    public static string NameOf(Dhcp6StatusCode code) => code switch
    {
        Dhcp6StatusCode.Success => "Success",
        Dhcp6StatusCode.UnspecFail => "UnspecFail",
        Dhcp6StatusCode.NoAddrsAvail => "NoAddrsAvail",
        Dhcp6StatusCode.NoBinding => "NoBinding",
        Dhcp6StatusCode.NotOnLink => "NotOnLink",
        Dhcp6StatusCode.UseMulticast => "UseMulticast",
        Dhcp6StatusCode.NoPrefixAvail => "NoPrefixAvail",
        _ => string.Create(CultureInfo.InvariantCulture, $"status-{(ushort)code}"),
    };

    /// <summary><c>NotOnLink (no such prefix here)</c>.</summary>
    public override string ToString() => string.IsNullOrEmpty(Text) ? Name : $"{Name} ({Text})";
}
