namespace BondDhcp.Host.Coexistence;

/// <summary>What kind of program it is, which says how it is told to keep its hands off.</summary>
internal enum RivalKind
{
    /// <summary>systemd-networkd, told by a file of its configuration.</summary>
    Networkd,
    /// <summary>NetworkManager, told by a file of its configuration.</summary>
    NetworkManager,
    /// <summary>connman, told by a file of its configuration.</summary>
    Connman,
    /// <summary>dhcpcd, which can be stopped, or told by its configuration where it looks after everything.</summary>
    Dhcpcd,
    /// <summary>ISC dhclient, which can be stopped without giving its lease back.</summary>
    Dhclient,
    /// <summary>Any other DHCP client.</summary>
    Client,
}

/// <summary>Another program that configures an interface of ours, or a device below it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Program">Its name, as people know it; "another program" where the kernel does not say.</param>
/// <param name="Interface">The interface it is on.</param>
/// <param name="Evidence">What it was known by, to be read after its name: "manages bond0", "holds port 68 of every interface".</param>
internal sealed record Rival(RivalKind Kind, string Program, string Interface, string Evidence)
{
    /// <summary>Where the kernel does not say whose a socket is.</summary>
    public const string UnknownProgram = "another program";

    /// <summary>Its process; 0 where that is not known.</summary>
    public int Pid { get; init; }

    /// <summary>The file that tells it to manage the interface, or where it keeps its process id; null where none is known.</summary>
    public string? File { get; init; }

    /// <summary>It looks after whatever comes, and was not started for this interface alone.</summary>
    public bool LooksAfterAll { get; init; }

    /// <summary>It is known to configure the interface. What only may do so is told of, and not waited for.</summary>
    public bool IsCertain { get; init; } = true;

    /// <summary>True for the same program on the same interface, by whatever it was known.</summary>
    public bool IsSameAs(Rival other) => (Program, Pid, Interface) == (other.Program, other.Pid, other.Interface);

    /// <summary>"dhclient (process 123) holds port 68 of every interface".</summary>
    public override string ToString() => Pid == 0
        ? $"{Program} {Evidence}"
        : FormattableString.Invariant($"{Program} (process {Pid}) {Evidence}");
}
