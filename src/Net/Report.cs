using System.Collections.Immutable;

namespace BondDhcp.Net;

/// <summary>
/// Something that happened, as the journal keeps it: <c>status</c>, <c>watch</c>, <c>timeline</c>, the log and the
/// snapshot tests all print from it.
/// </summary>
/// <param name="Event">Name in camelCase, one of those in the README: <c>state</c>, <c>sent</c>, <c>leaseBound</c>.</param>
/// <param name="Fields">What belongs to it, in the order in which it is printed.</param>
public sealed record Report(string Event, ImmutableArray<ReportField> Fields)
{
    /// <summary>Makes a report of name and value pairs; pairs whose value is null are left out.</summary>
    public static Report Of(string name, params ReadOnlySpan<(string Name, object? Value)> fields)
    {
        ImmutableArray<ReportField>.Builder builder = ImmutableArray.CreateBuilder<ReportField>(fields.Length);
        foreach ((string field, object? value) in fields)
            if (value is not null) builder.Add(new ReportField(field, value));
        return new Report(name, builder.ToImmutable());
    }
}

/// <summary>One field of a <see cref="Report"/>.</summary>
/// <param name="Name">camelCase.</param>
/// <param name="Value">
/// A string, bool, int, long, uint or double, or a value of this project that has a text form
/// (<see cref="MacAddress"/>, <see cref="Ipv4Address"/>). Text from the network is escaped where it is printed.
/// </param>
public readonly record struct ReportField(string Name, object Value);
