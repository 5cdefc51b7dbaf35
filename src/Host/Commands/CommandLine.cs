using BondDhcp.Host.Text;
using BondDhcp.Net;

namespace BondDhcp.Host.Commands;

/// <summary>Reads a command line. Options stand anywhere; those of one command only with that command.</summary>
internal static class CommandLine
{
    private static readonly string[] s_globalOptions = ["--config", "--state-dir", "--runtime-dir", "--help", "-h", "--version"];
    private static readonly string[] s_withValue = ["--config", "--state-dir", "--runtime-dir", "--timeout", "--since", "--format", "--root", "--output"];

    private static readonly string[] s_formats = ["text", "json", "openmetrics"];

    /// <summary>What the command line asked for beside a command.</summary>
    public enum Verdict
    {
        /// <summary>Run the command.</summary>
        Run,
        /// <summary>Print help.</summary>
        Help,
        /// <summary>Print the version.</summary>
        Version,
        /// <summary>Print what is wrong, and the usage.</summary>
        Wrong,
    }

    /// <summary>What came out of it.</summary>
    /// <param name="Verdict">What to do.</param>
    /// <param name="Invocation">With <see cref="Verdict.Run"/>, what to run.</param>
    /// <param name="Command">The command where one was recognised.</param>
    /// <param name="Message">With <see cref="Verdict.Wrong"/>, why.</param>
    public sealed record Result(Verdict Verdict, Invocation? Invocation = null, CommandSpec? Command = null, string? Message = null);

    /// <summary>Reads the arguments; <paramref name="environment"/> gives STATE_DIRECTORY and RUNTIME_DIRECTORY.</summary>
    public static Result Parse(ReadOnlySpan<string> arguments, Func<string, string?> environment)
    {
        List<(string Name, string? Value)> options = [];
        List<string> words = [];
        for (int i = 0; i < arguments.Length; i++)
        {
            string argument = arguments[i];
            if (argument == "--")
            {
                words.AddRange(arguments[(i + 1)..]);
                break;
            }
            if (argument.Length < 2 || argument[0] != '-')
            {
                words.Add(argument);
                continue;
            }
            string name = argument;
            string? value = null;
            int equals = argument.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0) (name, value) = (argument[..equals], argument[(equals + 1)..]);
            bool takesValue = Array.IndexOf(s_withValue, name) >= 0;
            if (takesValue && value is null)
            {
                if (++i == arguments.Length) return Wrong(null, $"{name} needs a value");
                value = arguments[i];
            }
            if (takesValue && value!.Length == 0) return Wrong(null, $"{name} needs a value");
            if (!takesValue && value is not null) return Wrong(null, $"{name} takes no value");
            options.Add((name, value));
        }
        return Judge(words, options, environment);
    }

    private static bool IsKnown(string option) =>
        option is "--help" or "-h" or "--version" || Array.IndexOf(s_globalOptions, option) >= 0 || Array.Exists(CommandTable.All, command => command.Options.Contains(option));

    private static string UnknownOption(string name, IEnumerable<string> valid) =>
        $"unknown option '{EscapedText.Of(name)}'{Suggestion.Phrase(name, valid)}";

    private static Result Judge(List<string> words, List<(string Name, string? Value)> options, Func<string, string?> environment)
    {
        CommandSpec? command = null;
        if (words.Count > 0)
        {
            command = Array.Find(CommandTable.All, candidate => candidate.Name == words[0]);
            // A word behind an option that nobody knows may have been meant as its value.
            if (command is null && options.Find(one => !IsKnown(one.Name)) is { Name: { } unknown }) return Wrong(null, UnknownOption(unknown, s_globalOptions));
            if (command is null)
                return Wrong(null, $"unknown command '{EscapedText.Of(words[0])}'{Suggestion.Phrase(words[0], CommandTable.All.Select(one => one.Name))}");
        }
        foreach ((string name, _) in options)
        {
            if (name is "--help" or "-h") return new Result(Verdict.Help, Command: command);
            if (name == "--version") return new Result(Verdict.Version);
            if (Array.IndexOf(s_globalOptions, name) >= 0 || command?.Options.Contains(name) == true) continue;
            // Of one letter, every other is as near.
            IEnumerable<string> valid = s_globalOptions.Concat(command?.Options ?? []).Where(one => one.StartsWith("--", StringComparison.Ordinal));
            return Wrong(command, UnknownOption(name, valid));
        }
        if (command is null) return Wrong(null, "which command? 'bonddhcp --help' lists them");
        int count = words.Count - 1;
        if (count < command.MinArguments) return Wrong(command, $"{command.Name} needs {command.Synopsis.Split(' ')[0].TrimEnd('.')}");
        if (count > command.MaxArguments) return Wrong(command, $"'{EscapedText.Of(words[command.MaxArguments + 1])}' is one argument too many{HintFor(command, words[command.MaxArguments + 1])}");

        Invocation invocation = new() { Command = command, Arguments = [.. words.Skip(1)] };
        if (environment("STATE_DIRECTORY") is { Length: > 0 } state) invocation = invocation with { StateDirectory = First(state) };
        if (environment("RUNTIME_DIRECTORY") is { Length: > 0 } runtime) invocation = invocation with { RuntimeDirectory = First(runtime) };
        foreach ((string name, string? value) in options)
        {
            if (name == "--format" && Array.IndexOf(s_formats, value) < 0)
                return Wrong(command, $"--format: '{EscapedText.Of(value!)}' is no format{Suggestion.Phrase(value!, s_formats)}");
            if (Apply(invocation, name, value!) is not { } applied) return Wrong(command, $"{name}: '{EscapedText.Of(value!)}' is no time span, such as 90, 10m or 2h");
            invocation = applied;
        }
        return new Result(Verdict.Run, invocation, command);
    }

    // A file given to what takes none was meant as the configuration. Who reloads is not asked: the daemon has its own.
    private static string HintFor(CommandSpec command, string word) => command.Name switch
    {
        "check" or "run" when File.Exists(word) => $"; did you mean 'bonddhcp --config {EscapedText.Of(word)} {command.Name}'?",
        "reload" when File.Exists(word) => "; the daemon reads the file again that it was started with",
        _ => "",
    };

    // systemd lists several directories with colons; the first is the main one.
    private static string First(string directories) => directories.Split(':')[0];

    private static Invocation? Apply(Invocation invocation, string name, string value)
    {
        TimeSpan span = default;
        if (name is "--timeout" or "--since" && !TimeText.TryParseDuration(value, out span)) return null;
        return name switch
        {
            "--config" => invocation with { ConfigurationFile = value },
            "--state-dir" => invocation with { StateDirectory = value },
            "--runtime-dir" => invocation with { RuntimeDirectory = value },
            "--json" => invocation with { Json = true, OpenMetrics = false },
            "--format" => invocation with { Json = value == "json", OpenMetrics = value == "openmetrics" },
            "-4" => invocation with { Ipv4 = true },
            "-6" => invocation with { Ipv6 = true },
            "--root" => invocation with { Root = value },
            "--output" => invocation with { Output = value },
            "--replace" => invocation with { Replace = true },
            "--stop-dhclient" => invocation with { StopDhclient = true },
            "--timeout" => invocation with { Timeout = span },
            _ => invocation with { Since = span },
        };
    }

    private static Result Wrong(CommandSpec? command, string message) => new(Verdict.Wrong, Command: command, Message: message);
}
