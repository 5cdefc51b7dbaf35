namespace BondDhcp.Host.Import;

/// <summary>A wpa_supplicant.conf that is made of other programs' files. It holds secrets, which go nowhere else.</summary>
/// <param name="InterfaceName">The interface.</param>
/// <param name="Path">As the configuration names it.</param>
/// <param name="Text">What is to be in it.</param>
internal sealed record ImportedSupplicant(string InterfaceName, string Path, string Text)
{
    /// <summary>Where it is written with a configuration.</summary>
    /// <param name="configuration">The configuration's file, from the root.</param>
    public string BesideOf(string configuration) =>
        System.IO.Path.Combine(System.IO.Path.GetDirectoryName(configuration) ?? "/", System.IO.Path.GetFileName(Path));
}

/// <summary>Where such files go.</summary>
/// <param name="Directory">The directory as the configuration names it, wherever both are written at first.</param>
/// <param name="IsWritten">The configuration is written to a file, and they beside it.</param>
internal sealed record SupplicantPlace(string Directory, bool IsWritten)
{
    /// <summary>Where they belong: beside the daemon's usual configuration.</summary>
    public static SupplicantPlace Usual { get; } = new("/etc/bonddhcp", IsWritten: false);

    /// <summary>The file of an interface, whose name the kernel would take.</summary>
    public string FileOf(string interfaceName) => Net.StatePath.Of(Directory, "wpa_supplicant-", interfaceName, ".conf");
}
