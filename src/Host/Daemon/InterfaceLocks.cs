namespace BondDhcp.Host.Daemon;

/// <summary>The locks on this daemon's interfaces.</summary>
internal sealed class InterfaceLocks : IDisposable
{
    private readonly Dictionary<string, InterfaceLock> _locks = new(StringComparer.Ordinal);

    /// <summary>Takes an interface, unless it is ours already; says why it cannot be had, or null.</summary>
    public string? WhyNot(string interfaceName)
    {
        if (_locks.ContainsKey(interfaceName)) return null;
        if (InterfaceLock.TryTake(interfaceName, out int holder) is not { } taken)
            return $"another daemon, process {RunCommand.Process(holder)}, has {interfaceName}";
        _locks.Add(interfaceName, taken);
        return null;
    }

    /// <summary>True when another daemon has an interface; it is not taken.</summary>
    public bool IsAnothers(string interfaceName)
    {
        if (_locks.ContainsKey(interfaceName)) return false;
        using InterfaceLock? taken = InterfaceLock.TryTake(interfaceName, out _);
        return taken is null;
    }

    /// <summary>Lets go of every interface but these.</summary>
    public void Keep(IReadOnlyCollection<string> names)
    {
        foreach (string name in _locks.Keys.Except(names).ToArray())
            if (_locks.Remove(name, out InterfaceLock? taken)) taken.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (InterfaceLock taken in _locks.Values) taken.Dispose();
        _locks.Clear();
    }
}
