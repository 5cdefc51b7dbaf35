using BondDhcp.Tests.Beds;
using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Import;

/// <summary>The command <c>import</c>, as it is called: what it writes where, and its exit codes.</summary>
public sealed class ImportCommandTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    [Fact(DisplayName = "import of wpa- lines: --output writes the file beside it, 0600 and never over another one; secrets are in no output")]
    public async Task Command_WithWpaLines_WritesTheirFile()
    {
        await using NetworkBed bed = await NetworkBed.CreateAsync(output.WriteLine);
        using SystemTree tree = new SystemTree().File("/etc/network/interfaces", "auto w0\niface w0 inet dhcp\n  wpa-ssid home\n  wpa-psk secret-phrase\n");
        BondDhcpProcess client = bed.Add(new BondDhcpProcess(bed.Client));
        Directory.CreateDirectory(Path.Combine(tree.Root, "etc/bonddhcp"));
        string file = Path.Combine(tree.Root, "etc/bonddhcp/bonddhcp.toml"), made = Path.Combine(tree.Root, "etc/bonddhcp/wpa_supplicant-w0.conf");

        ProgramResult plain = await client.CommandAsync("import", "--root", tree.Root);
        Assert.Equal(0, plain.ExitCode);
        Assert.Contains("supplicant = \"/etc/bonddhcp/wpa_supplicant-w0.conf\" # /etc/network/interfaces:3: to be made of the wpa- lines", plain.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(made));

        ProgramResult written = await client.CommandAsync("import", "--root", tree.Root, "--output", file);
        output.WriteLine(written + await File.ReadAllTextAsync(file) + await File.ReadAllTextAsync(made));
        Assert.Equal(0, written.ExitCode);
        Assert.Contains($"{made} is made of the wpa- lines of w0, for root alone to read\n", written.Error, StringComparison.Ordinal);
        Assert.Contains("supplicant = \"/etc/bonddhcp/wpa_supplicant-w0.conf\" # /etc/network/interfaces:3: made of the wpa- lines\n", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(made));
        string text = await File.ReadAllTextAsync(made);
        Assert.Contains("  psk=\"secret-phrase\"\n", text, StringComparison.Ordinal);
        Assert.Equal(["bonddhcp.toml", "wpa_supplicant-w0.conf"], Directory.EnumerateFiles(Path.GetDirectoryName(made)!).Select(Path.GetFileName).Order());

        // The same again is no other one, but is nobody else's to read.
        File.SetUnixFileMode(made, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        ProgramResult again = await client.CommandAsync("import", "--root", tree.Root, "--output", file);
        Assert.Equal((0, UnixFileMode.UserRead | UnixFileMode.UserWrite), (again.ExitCode, File.GetUnixFileMode(made)));

        await File.WriteAllTextAsync(made, "# mine\n");
        foreach (string[] arguments in (string[][])[[], ["--replace"]])
        {
            ProgramResult other = await client.CommandAsync(["import", "--root", tree.Root, "--output", file, .. arguments]);
            Assert.Equal(0, other.ExitCode);
            Assert.Contains($"{made} is there and is something else than what the wpa- lines of w0 make: it stays as it is; take it away to have it made\n", other.Error, StringComparison.Ordinal);
            Assert.Equal("# mine\n", await File.ReadAllTextAsync(made));
        }
        // What another user could write is nothing that root's wpa_supplicant is to read, whatever is in it.
        ProgramResult link = default!;
        foreach ((string why, Action make) in ((string, Action)[])[
            ("can be written by its group or by others", () => File.SetUnixFileMode(made, UnixFileMode.UserRead | UnixFileMode.GroupWrite)),
            ("belongs to another user", () => { File.WriteAllText(made, text); Linux.PrivateNetwork.Command("chown", "65534 " + made); }),
            ("is a symbolic link", () => File.CreateSymbolicLink(made, Path.Combine(tree.Root, "elsewhere"))),
        ])
        {
            make();
            File.Delete(file);
            link = await client.CommandAsync("import", "--root", tree.Root, "--output", file);
            Assert.Equal((1, false), (link.ExitCode, File.Exists(file)));
            Assert.Equal($"bonddhcp: {made} {why}, and wpa_supplicant would read it as root; take it away to have it made\n", link.Error);
            File.Delete(made);
        }
        Assert.False(File.Exists(Path.Combine(tree.Root, "elsewhere")));

        // In another place both wait for theirs, which the configuration names.
        ProgramResult apart = await client.CommandAsync("import", "--root", tree.Root, "--output", Path.Combine(tree.Root, "tmp/x.toml"));
        Assert.Equal(0, apart.ExitCode);
        Assert.Contains(
            $"{tree.Root}/tmp/wpa_supplicant-w0.conf is made of the wpa- lines of w0, for root alone to read; the configuration names /etc/bonddhcp/wpa_supplicant-w0.conf, where it belongs\n", apart.Error, StringComparison.Ordinal);
        Assert.Contains("supplicant = \"/etc/bonddhcp/wpa_supplicant-w0.conf\"", await File.ReadAllTextAsync(Path.Combine(tree.Root, "tmp/x.toml")), StringComparison.Ordinal);

        // A configuration that is refused leaves nothing beside it.
        await File.WriteAllTextAsync(file, "# mine\n");
        Assert.Equal(1, (await client.CommandAsync("import", "--root", tree.Root, "--output", file)).ExitCode);
        Assert.False(File.Exists(made));
        foreach (ProgramResult result in (ProgramResult[])[plain, written, again, link, apart])
            Assert.DoesNotContain("secret", (result.Output + result.Error).Replace("which hold secrets", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "import: TOML alone on stdout, FILE is not written over without a word, exit codes, and a daemon that runs is in the way")]
    public async Task Command_InEachUse_EndsAsTheContractSays()
    {
        await using NetworkBed bed = await NetworkBed.CreateAsync(output.WriteLine);
        using SystemTree tree = new SystemTree().File("/etc/network/interfaces", "auto c0\niface c0 inet dhcp\n");
        BondDhcpProcess client = bed.Add(new BondDhcpProcess(bed.Client));
        string file = Path.Combine(tree.Root, "out.toml");

        ProgramResult plain = await client.CommandAsync("import", "--root", tree.Root);
        Assert.Equal(0, plain.ExitCode);
        Assert.Contains("dhcp4 = true # /etc/network/interfaces:2\n", plain.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(client.StateDirectory, "duid")));
        Assert.Equal(0, (await client.CommandAsync("import", "--root", tree.Root, "--output", file)).ExitCode);
        Assert.Equal(plain.Output, await File.ReadAllTextAsync(file));
        Assert.Equal(0, (await client.CommandAsync("import", "--root", tree.Root, "--output", file)).ExitCode);
        await File.WriteAllTextAsync(file, "# mine\n");
        ProgramResult refused = await client.CommandAsync("import", "--root", tree.Root, "--output", file);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("--replace", refused.Error, StringComparison.Ordinal);
        Assert.Equal("# mine\n", await File.ReadAllTextAsync(file));
        Assert.Equal(0, (await client.CommandAsync("import", "--root", tree.Root, "--output", file, "--replace")).ExitCode);

        Assert.Equal(2, (await client.CommandAsync("import", "--root", "/nowhere")).ExitCode);
        Assert.Equal(2, (await client.CommandAsync("import", "--root", tree.Root, "--stop-dhclient")).ExitCode);
        Assert.Equal(2, (await client.CommandAsync("import", "--root", tree.Root, "/no/such/file")).ExitCode);
        Assert.Equal(2, (await client.CommandAsync("import", "--replace")).ExitCode);
        using SystemTree junk = new SystemTree().File("/README.md", "# A project\nsend us a letter\nsource code\n").File("/etc/dhcp/dhclient.conf", "send host-name \"x\";\n");
        foreach (string[] arguments in (string[][])[["--root", junk.Root, "/README.md"], ["--root", junk.Root]])
        {
            ProgramResult none = await client.CommandAsync(["import", .. arguments]);
            Assert.Equal((1, ""), (none.ExitCode, none.Output));
            Assert.EndsWith("bonddhcp: nothing here is to be imported\n", none.Error, StringComparison.Ordinal);
        }
        ProgramResult relative = await client.CommandAsync("import", Path.GetRelativePath(Environment.CurrentDirectory, Path.Combine(tree.Root, "etc/network/interfaces")));
        Assert.Equal(0, relative.ExitCode);
        Assert.Contains("dhcp4 = true # " + tree.Root, relative.Output, StringComparison.Ordinal);
        using SystemTree empty = new();
        Assert.Equal(1, (await client.CommandAsync("import", "--root", empty.Root)).ExitCode);

        client.Configure();
        client.Start();
        await Wait.UntilAsync(() => client.CommandAsync("status").GetAwaiter().GetResult().ExitCode == 0, Patience, "the daemon", () => client.Log);
        string interfaces = Path.Combine(tree.Root, "etc/network/interfaces");
        ProgramResult busy = await client.CommandAsync("import", interfaces);
        Assert.Equal(1, busy.ExitCode);
        Assert.Contains($"process {client.Daemon.Id}", busy.Error, StringComparison.Ordinal);
    }
}
