using BondDhcp.Dhcp.Arp;
using BondDhcp.Net;
using BondDhcp.Net.Linux.Interop;

namespace BondDhcp.Dhcp.Linux;

/// <summary>
/// The socket filter of an <see cref="ArpWatch"/>: the same decision as <see cref="ArpWatch.Wants"/>, taken in the
/// kernel. No hardware address is in it, because ours may change while a packet is on its way.
/// </summary>
internal static class ArpFilter
{
    private const ushort LoadWord = 0x20;
    private const ushort LoadHalfWord = 0x28;
    private const ushort JumpIfEqual = 0x15;
    private const ushort Return = 0x06;

    // Offsets in an ARP packet (RFC 826).
    private const uint HardwareAndProtocolType = 0;
    private const uint AddressLengths = 4;
    private const uint OperationOffset = 6;
    private const uint SenderAddressOffset = 14;
    private const uint TargetAddressOffset = 24;

    // Stand for the two ends of the program in a jump until its length is known.
    private const byte Accept = 254;
    private const byte Drop = 255;

    /// <summary>The program; it drops everything for <see cref="ArpWatch.None"/>.</summary>
    public static SockFilter[] Build(ArpWatch watch)
    {
        List<SockFilter> program = [];
        if (watch != ArpWatch.None)
        {
            program.Add(new SockFilter(LoadWord, 0, 0, HardwareAndProtocolType));
            program.Add(new SockFilter(JumpIfEqual, 0, Drop, 0x0001_0800));
            program.Add(new SockFilter(LoadHalfWord, 0, 0, AddressLengths));
            program.Add(new SockFilter(JumpIfEqual, 0, Drop, 0x0604));
            List<SockFilter> requests = RequestPart(watch);
            program.Add(new SockFilter(LoadHalfWord, 0, 0, OperationOffset));
            program.Add(new SockFilter(JumpIfEqual, (byte)(1 + requests.Count), 0, ArpPacket.Reply));
            program.Add(new SockFilter(JumpIfEqual, 0, Drop, ArpPacket.Request));
            program.AddRange(requests);
            program.Add(new SockFilter(LoadWord, 0, 0, SenderAddressOffset));
            if (watch.Address is { } address) program.Add(new SockFilter(JumpIfEqual, Accept, 0, address.Value));
            if (watch.Gateway is { } gateway) program.Add(new SockFilter(JumpIfEqual, Accept, 0, gateway.Value));
        }
        program.Add(new SockFilter(Return, 0, 0, 0));
        program.Add(new SockFilter(Return, 0, 0, ArpPacket.Length));
        return Resolve(program);
    }

    private static List<SockFilter> RequestPart(ArpWatch watch) => watch.Address is not { } address
        ? [new SockFilter(Return, 0, 0, 0)]
        :
        [
            new SockFilter(LoadWord, 0, 0, SenderAddressOffset),
            new SockFilter(JumpIfEqual, Accept, 0, address.Value),
            new SockFilter(JumpIfEqual, 0, Drop, Ipv4Address.Any.Value),
            new SockFilter(LoadWord, 0, 0, TargetAddressOffset),
            new SockFilter(JumpIfEqual, Accept, Drop, address.Value),
        ];

    private static SockFilter[] Resolve(List<SockFilter> program)
    {
        var resolved = new SockFilter[program.Count];
        for (int at = 0; at < resolved.Length; at++)
        {
            SockFilter one = program[at];
            resolved[at] = one.Code == JumpIfEqual
                ? new SockFilter(one.Code, Distance(one.Jt, at), Distance(one.Jf, at), one.K)
                : one;
        }
        return resolved;

        byte Distance(byte target, int from) => target switch
        {
            Accept => (byte)(program.Count - 1 - (from + 1)),
            Drop => (byte)(program.Count - 2 - (from + 1)),
            _ => target,
        };
    }
}
