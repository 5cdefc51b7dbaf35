using Tomlyn.Syntax;

namespace BondDhcp.Host.Configuration;

/// <summary>What network.conf adds: settings that the TOML file does not have, and interfaces that are named only there.</summary>
internal sealed partial class ConfigurationReader
{
    // Where the file is named; null where none is.
    private ConfigurationValue? _networkConfKey;

    /// <summary>Reads network.conf and joins it; gives the list of what is wrong in it, to which later checks may add.</summary>
    private ProblemList JoinNetworkConf(Func<string, (string? Text, string? Why)> read)
    {
        string path = _configuration.NetworkConf;
        ProblemList problems = new(path);
        if (path.Length == 0) return problems;
        (string? text, string? why) = read(path);
        if (text is null)
        {
            string problem = $"{path} cannot be read: {why}";
            if (path == DaemonConfiguration.UsualNetworkConf && !Path.Exists(path)) _networkConfKey?.Warn(problem);
            else _networkConfKey?.Refuse(problem);
            return problems;
        }
        foreach (NetworkConfInterface one in NetworkConf.Read(text, problems).Interfaces) Join(one, problems);
        return problems;
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

    // It makes the interface a bond, and is its only slave where the TOML file names none.
    private static void HandOverPrimary(InterfaceDraft draft, NetworkConfPrimary primary, ProblemList problems)
    {
        if (draft.Master.Primary is not null || draft.Master.Kind is { Kind: Bond.Plan.MasterKind.Existing }) return;
        TextPosition at = new(0, primary.Line - 1, primary.Column - 1);
        ConfigurationValue value = new($"{draft.Configuration.Name}PRIMARY", new SourceSpan(problems.File, at, at), problems);
        draft.Master.Primary = (primary.Slave, value);
        if (draft.Slaves.Count == 0) draft.Slaves.Add((primary.Slave, value, new ConfigurationValue.Item(primary.Slave, value.Span)));
    }
}
