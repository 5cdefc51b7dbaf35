using Tomlyn.Syntax;

namespace BondDhcp.Host.Configuration;

/// <summary>What network.conf adds: settings that the TOML file does not have, and interfaces that are named only there.</summary>
internal sealed partial class ConfigurationReader
{
    // Where another file than the usual one is named; null where none is.
    private ConfigurationValue? _networkConfKey;

    /// <summary>Reads network.conf and joins it; gives what is wrong in it, found with what is joined too.</summary>
    private List<ConfigurationProblem> JoinNetworkConf(Func<string, (string? Text, string? Why)> read)
    {
        string path = _configuration.NetworkConf;
        if (path.Length == 0) return [];
        (string? text, string? why) = read(path);
        if (text is null)
        {
            // The usual one need not be there. One that is there and cannot be read is named in either case.
            if (_networkConfKey is { } key) key.Refuse($"{path} cannot be read: {why}");
            else if (Path.Exists(path)) return [new ConfigurationProblem(path, 1, 1, $"cannot be read: {why}")];
            return [];
        }
        ProblemList problems = new(path);
        foreach (NetworkConfInterface one in NetworkConf.Read(text, problems).Interfaces) Join(one, problems);
        return [.. problems.Problems];
    }

    // A key of the TOML file replaces the same setting; nothing is merged.
    private void Join(NetworkConfInterface one, ProblemList problems)
    {
        InterfaceDraft? draft = _interfaces.Find(known => known.Configuration.Name == one.Name);
        if (draft is null)
        {
            draft = new InterfaceDraft(one.Name, default(SourceSpan));
            _interfaces.Add(draft);
        }
        if (!draft.HasAddressesKey) draft.Configuration = draft.Configuration with { Addresses = one.Addresses };
        if (!draft.HasRoutesKey)
        {
            draft.Configuration = draft.Configuration with { Routes = [.. one.Routes.Select(route => route.Route).Distinct()] };
            foreach ((Bond.Addressing.StaticRoute route, int line, int column) in one.Routes)
            {
                if (draft.Configuration.Addresses.Any(own => own.Address.Equals(route.Gateway)))
                    problems.Add(line, column, $"{one.Name}ROUTES: the gateway {route.Gateway} is this interface's own address");
            }
        }
        if (one.Primary is { } primary) HandOverPrimary(draft, primary, problems);
    }

    // The one place where NAMEPRIMARY becomes a setting: it makes NAME a bond, unless the TOML file says otherwise.
    private static void HandOverPrimary(InterfaceDraft draft, NetworkConfPrimary primary, ProblemList problems) =>
        problems.Add(primary.Line, primary.Column, $"{draft.Configuration.Name}PRIMARY: not supported in this version; remove it");
}
