using System.Collections.Immutable;
using BondDhcp.Net;

namespace BondDhcp.Dhcp.Identity;

/// <summary>Where a DUID came from, in order of precedence.</summary>
public enum DuidOrigin
{
    /// <summary>The setting <c>duid</c>.</summary>
    Configuration,
    /// <summary>The state directory: it was chosen earlier.</summary>
    File,
    /// <summary>The client identifier of a stored lease, when the file is gone.</summary>
    StoredLease,
    /// <summary>/etc/machine-id.</summary>
    MachineId,
    /// <summary>Random: there is no machine-id.</summary>
    Random,
}

/// <summary>The DUID to use.</summary>
/// <param name="Duid">The DUID.</param>
/// <param name="Origin">Where it came from.</param>
/// <param name="Warnings">What the log should say: a damaged file, a difference, a disk that cannot be written.</param>
public sealed record DuidChoice(Duid Duid, DuidOrigin Origin, ImmutableArray<string> Warnings)
{
    /// <summary>It is not in its file yet, and may be put there.</summary>
    public bool IsToBeKept { get; init; }
}

/// <summary>
/// Keeps the DUID once it is chosen (RFC 9915 section 11: it should not change, whatever happens to the hardware).
/// The file <c>duid</c> in the state directory holds it as hexadecimal text on one line.
/// </summary>
/// <param name="stateDirectory">The state directory; made when something is written.</param>
public sealed class DuidStore(string stateDirectory)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "duid";

    private readonly string _path = Path.Combine(stateDirectory, FileName);

    /// <summary>
    /// Configuration, else the file, else a stored lease, else derived or random. A choice that is not in a file yet is
    /// written; a disk that does not take it costs a warning only.
    /// </summary>
    /// <remarks>A disk may take longer for that than a server for a lease: see <see cref="Keep"/>.</remarks>
    /// <param name="configured">The setting; null for <c>auto</c>.</param>
    /// <param name="ofStoredLease">As <c>Dhcp4LeaseStore.FindDuid</c> found it; null for none.</param>
    /// <param name="machineId">As <see cref="MachineId.Read"/>; null without a usable one.</param>
    /// <param name="entropy">For a random DUID.</param>
    /// <param name="keep">Write it now; otherwise the caller calls <see cref="Keep"/>.</param>
    public DuidChoice Choose(Duid? configured, Duid? ofStoredLease, byte[]? machineId, EntropySource entropy, bool keep = true)
    {
        ImmutableArray<string>.Builder warnings = ImmutableArray.CreateBuilder<string>();
        byte[]? octets = IdentityFile.Read(_path, read => Duid.TryCreate(read, out _), warnings, out bool mayReplace);
        Duid? kept = octets is not null && Duid.TryCreate(octets, out Duid? read) ? read : null;
        if (configured is not null && kept is not null && !configured.Equals(kept))
            warnings.Add($"the configured DUID {configured} is used, not {kept} in {_path}: servers see another host");

        (Duid duid, DuidOrigin origin) = (configured, kept, ofStoredLease, machineId) switch
        {
            ({ } duidOf, _, _, _) => (duidOf, DuidOrigin.Configuration),
            (_, { } duidOf, _, _) => (duidOf, DuidOrigin.File),
            (_, _, { } duidOf, _) => (duidOf, DuidOrigin.StoredLease),
            (_, _, _, { } id) => (Duid.FromMachineId(id), DuidOrigin.MachineId),
            _ => (Duid.Random(entropy), DuidOrigin.Random),
        };
        var choice = new DuidChoice(duid, origin, warnings.DrainToImmutable()) { IsToBeKept = kept is null && mayReplace };
        if (!keep) return choice;
        return choice with
        {
            IsToBeKept = false,
            Warnings = Keep(choice) is { } why ? choice.Warnings.Add($"the identifier cannot be kept in {why}") : choice.Warnings,
        };
    }

    /// <summary>Writes a choice to its file where it is to be kept; null, or why that could not be done.</summary>
    public string? Keep(DuidChoice choice) => choice.IsToBeKept ? IdentityFile.Write(_path, choice.Duid.Octets) : null;
}
