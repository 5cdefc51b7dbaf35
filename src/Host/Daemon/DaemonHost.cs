using BondDhcp.Host.Commands.Linux;
using BondDhcp.Host.Journal;
using BondDhcp.Host.Loop;
using BondDhcp.Host.Systemd;
using BondDhcp.Host.Systemd.Linux;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Serilog;

namespace BondDhcp.Host.Daemon;

/// <summary>
/// The generic host: it gives the daemon its services' lifetime and its log. It is built after the first packet is
/// sent, and everything in it completes at once, on the loop's thread.
/// </summary>
internal sealed class DaemonHost : IDisposable
{
    private readonly IHost _host;

    /// <summary>Builds it around the parts that run already.</summary>
    public DaemonHost(EventJournal journal, ServiceNotifier notifier, EventLoop loop)
    {
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { ApplicationName = "bonddhcp", DisableDefaults = true, EnvironmentName = Environments.Production });
        bool isJournal = StandardErrorTarget.IsJournal(Environment.GetEnvironmentVariable);
        StandardErrorReader reader = isJournal ? StandardErrorReader.Journal : Console.IsErrorRedirected ? StandardErrorReader.Other : StandardErrorReader.Terminal;
        Serilog.Core.ILogEventSink sink = new StandardErrorSink(new StandardStream(StandardStream.Error), reader);
        if (isJournal) sink = new SystemJournalSink(sink);
        Serilog.Core.Logger log = new LoggerConfiguration()
            .MinimumLevel.Information()
            // The host's own messages say nothing that the journal does not.
            .MinimumLevel.Override("Microsoft", Serilog.Events.LogEventLevel.Warning)
            .WriteTo.Sink(sink)
            .CreateLogger();
        builder.Services.AddSerilog(log, dispose: true);
        // Its services end at once; a limit would cost a timer, and a thread for that, in the middle of the end.
        builder.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = Timeout.InfiniteTimeSpan);
        builder.Services.AddSingleton<IHostLifetime, LoopLifetime>();
        builder.Services.AddSingleton(journal);
        builder.Services.AddSingleton(notifier);
        builder.Services.AddSingleton(loop);
        builder.Services.AddHostedService<JournalLog>();
        builder.Services.AddHostedService<Readiness>();
        _host = builder.Build();
        _host.Start();
    }

    /// <summary>Stops the services.</summary>
    public void Stop() => _host.StopAsync().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public void Dispose() => _host.Dispose();

    /// <summary>The loop decides when the end has come; signals are its own.</summary>
    private sealed class LoopLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>The service manager hears of start and end.</summary>
    private sealed class Readiness(ServiceNotifier notifier) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            notifier.Ready();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
