using Tomlyn.Syntax;

namespace BondDhcp.Host.Configuration;

/// <summary>Collects what is wrong with one file, and what is only worth a word.</summary>
internal sealed class ProblemList(string file)
{
    private readonly List<ConfigurationProblem> _problems = [];
    private readonly List<ConfigurationProblem> _warnings = [];

    /// <summary>The file's name, as it is shown.</summary>
    public string File { get; } = file;

    /// <summary>What must be mended, in the order of the file.</summary>
    public IReadOnlyList<ConfigurationProblem> Problems
    {
        get
        {
            _problems.Sort((left, right) => (left.Line, left.Column).CompareTo((right.Line, right.Column)));
            return _problems;
        }
    }

    /// <summary>What is accepted and told at start and by <c>check</c>, in the order of the file.</summary>
    public IReadOnlyList<ConfigurationProblem> Warnings
    {
        get
        {
            _warnings.Sort((left, right) => (left.Line, left.Column).CompareTo((right.Line, right.Column)));
            return _warnings;
        }
    }

    /// <summary>Something that must be mended. Tomlyn counts lines and columns from 0.</summary>
    public void Add(SourceSpan span, string message) => _problems.Add(At(span, message));

    /// <summary>Something that must be mended, line and column from 1.</summary>
    public void Add(int line, int column, string message) => _problems.Add(new ConfigurationProblem(File, line, column, message));

    /// <summary>Forgets what was found in lines that could not be read as they were meant.</summary>
    public void RemoveOfLines(HashSet<int> lines) => _problems.RemoveAll(problem => lines.Contains(problem.Line));

    /// <summary>Something accepted.</summary>
    public void Warn(SourceSpan span, string message) => _warnings.Add(At(span, message));

    private ConfigurationProblem At(SourceSpan span, string message) => new(File, span.Start.Line + 1, span.Start.Column + 1, message);
}
