using Microsoft.Extensions.Hosting;
using Serilog;

// Hosting and Serilog, and nothing to do until a signal ends it.
HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
builder.Services.AddSerilog(new LoggerConfiguration().CreateLogger());
using IHost host = builder.Build();
await host.RunAsync();
