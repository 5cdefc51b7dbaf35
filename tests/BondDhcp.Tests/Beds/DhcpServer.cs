namespace BondDhcp.Tests.Beds;

/// <summary>A real DHCP server on s0. Its leases outlive a restart, and a successor with another address can take them over.</summary>
public abstract class DhcpServer : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(20);
    private readonly List<string> _earlierOutput = [];
    private BedProcess? _process;

    protected DhcpServer(ServerConfiguration configuration, NetworkNamespace where, ServerPlan plan)
    {
        Configuration = configuration;
        Where = where;
        Plan = plan;
    }

    public ServerConfiguration Configuration { get; }

    /// <summary>What is handed out; a change counts from the next start.</summary>
    public ServerPlan Plan { get; set; }

    protected NetworkNamespace Where { get; }

    /// <summary>The server of a configuration, not started.</summary>
    public static DhcpServer Create(ServerConfiguration configuration, NetworkNamespace where, ServerPlan plan) => configuration switch
    {
        <= ServerConfiguration.DnsmasqHost => new DnsmasqServer(configuration, where, plan),
        <= ServerConfiguration.IscHost => new IscServer(configuration, where, plan),
        <= ServerConfiguration.KeaReservation => new KeaServer(configuration, where, plan),
        _ => new UdhcpdServer(configuration, where, plan),
    };

    /// <summary>Starts it, and returns when its socket is there.</summary>
    public async Task StartAsync()
    {
        _process = Launch();
        await Wait.UntilAsync(() => IsListening(_process.Output) || _process.HasExited, StartPatience, $"{Configuration} to listen", () => _process.Output);
        if (_process.HasExited) throw new BedException($"{Configuration} ended:\n{_process.Output}");
    }

    /// <summary>Ends it as an administrator would.</summary>
    public async Task StopAsync()
    {
        if (_process is null) return;
        await _process.StopAsync();
        _earlierOutput.Add(_process.Output);
        _process = null;
    }

    /// <summary>Stops and starts it, with its leases.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    /// <summary>Silent until <see cref="Resume"/>; what arrives meanwhile waits in its socket.</summary>
    public void Pause() => _process!.Signal("STOP");

    public void Resume() => _process!.Signal("CONT");

    /// <summary>Stops it and starts a second instance with its leases, under another address and server identifier.</summary>
    public async Task SucceedAsync(string address)
    {
        await StopAsync();
        Where.IpBatch($"""
            address flush dev {NetworkBed.ServerInterface}
            address add {address}/24 broadcast + dev {NetworkBed.ServerInterface}

            """);
        Plan = Plan with { Address = address };
        await StartAsync();
    }

    /// <summary>Stops it and starts it without its leases and with another pool on the same network: a client that comes back is wrong here.</summary>
    public async Task MovePoolAsync(string first, string last)
    {
        await StopAsync();
        ForgetLeases();
        Plan = Plan with { Retired = $"{Plan.PoolFirst} {Plan.PoolLast}", PoolFirst = first, PoolLast = last };
        await StartAsync();
    }

    public string Log => string.Join('\n', [.. _earlierOutput, _process?.Output ?? ""]);

    public override string ToString() => $"{Configuration}\n{Log}";

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Writes the configuration and starts the process, in the foreground.</summary>
    protected abstract BedProcess Launch();

    /// <summary>The file the server keeps its leases in.</summary>
    protected string LeaseFile => Path.Combine(Where.Scratch, $"{GetType().Name}.leases");

    /// <summary>Whether the server takes packets by now.</summary>
    /// <param name="output">What the process has said since it was started.</param>
    protected virtual bool IsListening(string output) => Where.HasUdpPort(67);

    /// <summary>Removes the leases of a stopped server.</summary>
    protected virtual void ForgetLeases() => File.Delete(LeaseFile);

    /// <summary>Writes a configuration file and returns its path.</summary>
    protected string WriteConfiguration(string text)
    {
        string path = Path.Combine(Where.Scratch, $"{GetType().Name}.conf");
        File.WriteAllText(path, text);
        return path;
    }
}
