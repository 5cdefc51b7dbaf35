using System.Collections.Immutable;

namespace BondDhcp.Bond.Plan;

/// <summary>Something to do to the kernel. Carried out at once and answered before the plan is asked again.</summary>
public abstract record BondAct
{
    private BondAct()
    {
    }

    /// <summary>Two acts with the same key do the same to the same thing: the budget counts them together.</summary>
    public abstract string Key { get; }

    /// <summary>Loads the bonding driver without the bond0 that it makes by itself.</summary>
    public sealed record LoadDriver : BondAct
    {
        /// <inheritdoc/>
        public override string Key => "load bonding";
    }

    /// <summary>Makes the master with its options, in one request.</summary>
    public sealed record Create(string Name, MasterKind Kind, ImmutableArray<BondSetting> Settings) : BondAct
    {
        /// <inheritdoc/>
        public override string Key => "create " + Name;
    }

    /// <summary>Changes options of the bond.</summary>
    public sealed record SetOptions(int Master, ImmutableArray<BondSetting> Settings) : BondAct
    {
        /// <inheritdoc/>
        public override string Key => Keyed("set " + string.Join(' ', Settings.Select(setting => setting.ToString())), Master);
    }

    /// <summary>Sets a link up.</summary>
    public sealed record SetUp(int Link, string Name) : BondAct
    {
        /// <inheritdoc/>
        public override string Key => Keyed("up " + Name, Link);
    }

    /// <summary>Sets a master without slaves down, which some options need.</summary>
    public sealed record SetDown(int Link, string Name) : BondAct
    {
        /// <inheritdoc/>
        public override string Key => Keyed("down " + Name, Link);
    }

    /// <summary>
    /// Sets the link down, removes its addresses and gives it the master, which sets it up; one that was up is set up
    /// again where the kernel refuses.
    /// </summary>
    public sealed record Enslave(int Master, int Slave, string Name) : BondAct
    {
        /// <inheritdoc/>
        public override string Key => Keyed(Keyed("enslave " + Name, Slave) + " to ", Master);
    }

    /// <summary>Takes the link from its master, and puts back what is given: its MTU, and whether it was up.</summary>
    public sealed record Release(int Slave, string Name, bool UpAgain, int? Mtu) : BondAct
    {
        /// <inheritdoc/>
        public override string Key => Keyed("release " + Name, Slave);
    }

    /// <summary>Makes the bond prefer a slave; 0 for none.</summary>
    public sealed record SetPrimary(int Master, int Slave, string Name) : BondAct
    {
        /// <inheritdoc/>
        public override string Key => Keyed(Keyed("primary " + Name, Slave) + " of ", Master);
    }

    /// <summary>Makes the bond use a slave.</summary>
    public sealed record SetActive(int Master, int Slave, string Name, string Why) : BondAct
    {
        /// <summary>Against somebody else, who may insist.</summary>
        public bool Enforced { get; init; }

        /// <inheritdoc/>
        public override string Key => Keyed((Enforced ? "enforce " : "active ") + Name, Slave);
    }

    /// <summary>
    /// Makes the bond take the hardware address of the slave in use once more: by way of another slave, or where there
    /// is none (0) by taking the slave out and putting it back.
    /// </summary>
    public sealed record Reselect(int Master, int Slave, string Name, int Other) : BondAct
    {
        /// <inheritdoc/>
        public override string Key => Keyed("reselect " + Name, Slave);
    }

    /// <summary>Deletes the master.</summary>
    public sealed record Delete(int Master, string Name) : BondAct
    {
        /// <inheritdoc/>
        public override string Key => Keyed("delete " + Name, Master);
    }

    private static string Keyed(string act, int index) => FormattableString.Invariant($"{act}#{index}");
}
