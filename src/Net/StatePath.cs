namespace BondDhcp.Net;

/// <summary>Names of files that belong to an interface.</summary>
public static class StatePath
{
    // IFNAMSIZ less the terminating zero.
    private const int MaxInterfaceNameLength = 15;

    /// <summary>STATE/PREFIXnameSUFFIX, for a name that the kernel would take (dev_valid_name): no path is made of any other.</summary>
    /// <exception cref="ArgumentException">Not a name that an interface can have.</exception>
    public static string Of(string stateDirectory, string prefix, string interfaceName, string suffix) =>
        IsInterfaceName(interfaceName)
            ? Path.Combine(stateDirectory, prefix + interfaceName + suffix)
            : throw new ArgumentException($"'{interfaceName}' is not the name of an interface.", nameof(interfaceName));

    /// <summary>True for a name that an interface can have.</summary>
    public static bool IsInterfaceName(string name)
    {
        if (name.Length is 0 or > MaxInterfaceNameLength || name is "." or "..") return false;
        foreach (char c in name)
            if (c is '/' or ':' or '\0' || char.IsWhiteSpace(c)) return false;
        return true;
    }
}
