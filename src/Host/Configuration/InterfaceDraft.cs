using BondDhcp.Bond.Addressing;
using BondDhcp.Host.Supplicants;
using Tomlyn.Syntax;

namespace BondDhcp.Host.Configuration;

/// <summary>One interface while its keys are read: the record so far, and what later checks compare.</summary>
internal sealed class InterfaceDraft(string name, SourceSpan span)
{
    /// <summary>What the keys made so far.</summary>
    public InterfaceConfiguration Configuration { get; set; } = new() { Name = name };

    /// <summary>Where the interface is first named.</summary>
    public SourceSpan Span { get; } = span;

    /// <summary><c>addresses</c> was given: what network.conf says of them does not count.</summary>
    public bool HasAddressesKey { get; set; }

    /// <summary><c>routes</c> was given: what network.conf says of them does not count.</summary>
    public bool HasRoutesKey { get; set; }

    /// <summary>The static routes, with what says at the place of each what is wrong with it.</summary>
    public List<(StaticRoute Route, Action<string> Refuse)> Routes { get; } = [];

    /// <summary>The slaves, as named.</summary>
    public List<(string Name, ConfigurationValue Value, ConfigurationValue.Item Item)> Slaves { get; } = [];

    /// <summary>What it is as a master.</summary>
    public MasterDraft Master { get; } = new();

    /// <summary>The interface has a supplicant for a radio.</summary>
    public bool HasSupplicant { get; set; }

    /// <summary>The supplicant's configuration file; empty without one.</summary>
    public string SupplicantFile { get; set; } = "";

    /// <summary>Its drivers.</summary>
    public string SupplicantDriver { get; set; } = SupplicantSettings.DefaultDriver;

    /// <summary>Where prefix-delegation is spoken of; null when it is not.</summary>
    public ConfigurationValue? PrefixDelegation { get; set; }

    /// <summary>What is said about single options.</summary>
    public OptionDraft Options { get; } = new();

    /// <summary>Where ipv4-link-local is spoken of; null when it is not.</summary>
    public ConfigurationValue? LinkLocal { get; set; }

    /// <summary>Where inform is spoken of; null when it is not.</summary>
    public ConfigurationValue? Inform { get; set; }

    /// <summary>Where anonymity is asked for; null when it is not.</summary>
    public ConfigurationValue? Anonymity { get; set; }

    /// <summary>Every key of the section, as written.</summary>
    public List<ConfigurationValue> Values { get; } = [];

    /// <summary>Where a key is spoken of; null when it is not.</summary>
    public ConfigurationValue? Find(string key)
    {
        foreach (ConfigurationValue value in Values)
            if (value.Key == key) return value;
        return null;
    }
}
