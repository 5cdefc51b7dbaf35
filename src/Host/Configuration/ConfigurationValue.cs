using System.Collections.Immutable;
using BondDhcp.Dhcp.Options;
using BondDhcp.Host.Text;
using Tomlyn.Syntax;

namespace BondDhcp.Host.Configuration;

/// <summary>
/// One value of the file and where it stands. Each reader gives the value, or reports what is wrong with it and gives
/// a harmless one: every problem of a file is found in one go.
/// </summary>
internal readonly struct ConfigurationValue(string key, ValueSyntax? syntax, ProblemList problems)
{
    private readonly SourceSpan _elsewhere;

    /// <summary>A setting from a file that is no TOML: only its place is known here.</summary>
    public ConfigurationValue(string key, SourceSpan span, ProblemList problems) : this(key, (ValueSyntax?)null, problems) => _elsewhere = span;

    /// <summary>The key as written, for messages.</summary>
    public string Key { get; } = key;

    /// <summary>Where the value stands.</summary>
    public SourceSpan Span => syntax?.Span ?? _elsewhere;

    /// <summary>Text and where it stands.</summary>
    public readonly record struct Item(string Text, SourceSpan Span);

    /// <summary>Says what is wrong with this value.</summary>
    public void Refuse(string message) => problems.Add(Span, $"{Key}: {message}");

    /// <summary>Says what is wrong with an item of it.</summary>
    public void Refuse(Item item, string message) => problems.Add(item.Span, $"{Key}: {message}");

    /// <summary>Accepted, but worth a word at start.</summary>
    public void Warn(string message) => problems.Warn(Span, $"{Key}: {message}");

    /// <summary>As <see cref="Warn(string)"/>, of an item of it.</summary>
    public void Warn(Item item, string message) => problems.Warn(item.Span, $"{Key}: {message}");

    /// <summary>The value where it is a boolean; null without a report where it is not.</summary>
    public bool? AsBoolean => (syntax as BooleanValueSyntax)?.Value;

    /// <summary>The value where it is an integer.</summary>
    public long? AsInteger => (syntax as IntegerValueSyntax)?.Value;

    /// <summary>The value where it is a string.</summary>
    public string? AsText => (syntax as StringValueSyntax)?.Value;

    /// <summary>true or false.</summary>
    public bool Boolean()
    {
        if (AsBoolean is { } value) return value;
        Refuse("must be true or false");
        return false;
    }

    /// <summary>An integer within the limits, both included.</summary>
    public long Integer(long min, long max, string unit = "")
    {
        if (AsInteger is { } value && value >= min && value <= max) return value;
        Refuse(FormattableString.Invariant($"must be a number from {min} to {max}{unit}"));
        return min;
    }

    /// <summary>A string.</summary>
    public string Text()
    {
        if (AsText is { } value) return value;
        Refuse("must be a string in quotes");
        return "";
    }

    /// <summary>One of a few words.</summary>
    public T Word<T>(params ReadOnlySpan<(string Word, T Value)> words)
    {
        string? given = AsText;
        string[] names = new string[words.Length];
        for (int i = 0; i < words.Length; i++)
        {
            if (words[i].Word == given) return words[i].Value;
            names[i] = words[i].Word;
        }
        string choices = string.Join(", ", names.Select(name => $"\"{name}\""));
        Refuse($"must be one of {choices}{(given is null ? "" : Suggestion.Phrase(given, names))}");
        return words[0].Value;
    }

    /// <summary>An array of strings with the place of each.</summary>
    public ImmutableArray<Item> Items()
    {
        if (syntax is not ArraySyntax array)
        {
            Refuse("must be an array of strings, such as [\"...\"]");
            return [];
        }
        ImmutableArray<Item>.Builder items = ImmutableArray.CreateBuilder<Item>();
        foreach (ArrayItemSyntax item in array.Items)
        {
            if (item.Value is StringValueSyntax { Value: { } text }) items.Add(new Item(text, item.Value.Span));
            // One without a value was reported by the parser.
            else if (item.Value is { } other) problems.Add(other.Span, $"{Key}: must be a string in quotes");
        }
        return items.ToImmutable();
    }

    /// <summary>Written as an array.</summary>
    public bool IsArray => syntax is ArraySyntax;

    /// <summary>The value of an option: text, number, truth, or an array of them. Gives what is wrong with any other.</summary>
    public string? Option(out OptionValue value)
    {
        value = IsArray
            ? new OptionValue([.. OptionItems().Select(static item => item.Item)], IsList: true)
            : new OptionValue(ItemOf(syntax) is { } one ? [one] : [], IsList: false);
        if (value.Items.IsEmpty) return "must be a text in quotes, a number, true or false, or an array of those";
        return value.Items.Any(static item => item == default) ? "must be an array of texts in quotes or of numbers" : null;
    }

    /// <summary>The items of an array, each with its place; one that is neither text, number nor truth is empty.</summary>
    public IEnumerable<(OptionItem Item, SourceSpan Span)> OptionItems()
    {
        if (syntax is not ArraySyntax array) yield break;
        foreach (ArrayItemSyntax item in array.Items)
            yield return (ItemOf(item.Value) ?? default, item.Value?.Span ?? syntax.Span);
    }

    private static OptionItem? ItemOf(ValueSyntax? syntax) => syntax switch
    {
        StringValueSyntax { Value: { } text } => new OptionItem(text),
        IntegerValueSyntax number => new OptionItem(null, number.Value),
        BooleanValueSyntax truth => new OptionItem(null, null, truth.Value),
        _ => null,
    };
}
