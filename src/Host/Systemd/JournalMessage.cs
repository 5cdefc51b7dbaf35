using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using BondDhcp.Net;

namespace BondDhcp.Host.Systemd;

/// <summary>
/// One entry of the system's journal, as its socket takes it: <c>NAME=value</c> lines, and a value of several lines with its
/// length in front (systemd's JOURNAL_NATIVE_PROTOCOL).
/// </summary>
internal sealed class JournalMessage
{
    private const string Prefix = "BONDDHCP_";

    private readonly ArrayBufferWriter<byte> _octets = new(512);

    /// <summary>What was added until now.</summary>
    public ReadOnlySpan<byte> Octets => _octets.WrittenSpan;

    /// <summary>Adds a field. The name is upper-case letters, digits and underscores; the value is whatever it is.</summary>
    public void Add(string name, string value)
    {
        Append(name);
        byte[] octets = Encoding.UTF8.GetBytes(value);
        if (octets.AsSpan().Contains((byte)'\n'))
        {
            Append("\n");
            BinaryPrimitives.WriteInt64LittleEndian(_octets.GetSpan(sizeof(long)), octets.Length);
            _octets.Advance(sizeof(long));
        }
        else Append("=");
        _octets.Write(octets);
        Append("\n");
    }

    /// <summary>Adds what belongs to an event as <c>BONDDHCP_...</c>; text that came from the network is escaped.</summary>
    /// <param name="name">camelCase: <c>leaseSeconds</c> becomes BONDDHCP_LEASE_SECONDS.</param>
    /// <param name="value">Its text.</param>
    public void AddOwn(string name, string value) => Add(OwnName(name), EscapedText.Of(value, MaxOwnLength));

    /// <summary>As long as a message of our own can be (<see cref="Journal.JournalLog"/>).</summary>
    private const int MaxOwnLength = 1024;

    internal static string OwnName(string name)
    {
        StringBuilder own = new(Prefix);
        foreach (char c in name)
        {
            if (char.IsAsciiLetterUpper(c) && own.Length > Prefix.Length) own.Append('_');
            if (char.IsAsciiLetterOrDigit(c)) own.Append(char.ToUpperInvariant(c));
        }
        return own.ToString();
    }

    private void Append(string ascii) => Encoding.ASCII.GetBytes(ascii, _octets);
}
