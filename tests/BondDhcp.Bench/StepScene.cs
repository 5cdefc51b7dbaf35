using System.Buffers.Binary;
using System.Collections.Immutable;
using BondDhcp.Dhcp.Client;
using BondDhcp.Dhcp.Wire;
using BondDhcp.Net;
using BondDhcp.Tests.Beds;

namespace BondDhcp.Bench;

/// <summary>A client in REQUESTING and the DHCPACK it waits for. The client is a value, so the same step can be taken again and again.</summary>
internal sealed class StepScene
{
    private static readonly byte[] ServerIdentifier = [192, 0, 2, 1];
    private readonly byte[] _ack;
    private readonly Dhcp4Client _requesting;
    private readonly Dhcp4Surroundings _surroundings;
    private readonly MiddleOfRange _entropy = new();
    private readonly List<Dhcp4Effect> _effects = [];
    private readonly Dhcp4Reception _reception;
    private readonly Instant _now = Instant.FromSeconds(100);

    public StepScene()
    {
        MacAddress mac = MacAddress.FromBytes([2, 0, 0, 0, 0x0a, 0x0a]);
        _surroundings = new Dhcp4Surroundings { Mac = mac, HostMacs = [mac], PathIndex = 1 };
        _reception = new Dhcp4Reception(0, MacAddress.FromBytes([2, 0, 0, 0, 1, 1]), true, 0);
        ImmutableArray<byte> clientId = [255, 1, 2, 3, 4, 0, 4, .. Enumerable.Range(0, 16).Select(i => (byte)i)];
        Dhcp4Client client = Dhcp4Client.Create(new Dhcp4Settings { ClientIdentifier = clientId, ConflictDetection = ConflictDetection.Off });
        client = client.Step(new Dhcp4Input.Start(Dhcp4Memory.Empty, false, true), _surroundings, _now, _entropy, _effects);
        uint xid = Sent().Xid;
        _requesting = Deliver(client, Reply(2, xid));
        _ack = Reply(5, Sent().Xid);
        if (Deliver(_requesting, _ack).Lease is null) throw new BedException("the client does not take the DHCPACK");
    }

    /// <summary>Reads the message: length, cookie, options.</summary>
    public bool Read() => Dhcp4MessageView.TryParse(_ack, out _) == Dhcp4DropReason.None;

    /// <summary>Reads it and takes the step to BOUND, effects included.</summary>
    public bool ReadAndStep() => Deliver(_requesting, _ack).Lease is not null;

    private Dhcp4Client Deliver(Dhcp4Client client, byte[] message)
    {
        _effects.Clear();
        if (Dhcp4MessageView.TryParse(message, out Dhcp4MessageView view) != Dhcp4DropReason.None) throw new BedException("the message cannot be read");
        return client.Receive(view, _reception, _surroundings, _now, _entropy, _effects, out _);
    }

    private Dhcp4Transmission Sent() => _effects.OfType<Dhcp4Effect.Transmit>().Last().Message;

    private byte[] Reply(byte type, uint xid)
    {
        byte[] message = new byte[300];
        message[0] = 2;
        message[1] = 1;
        message[2] = 6;
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), xid);
        new byte[] { 192, 0, 2, 50 }.CopyTo(message, 16);
        _surroundings.Mac.CopyTo(message.AsSpan(28));
        byte[] options =
        [
            99, 130, 83, 99, 53, 1, type, 54, 4, .. ServerIdentifier, 51, 4, 0, 0, 14, 16, 58, 4, 0, 0, 7, 8, 59, 4, 0, 0, 12, 78,
            1, 4, 255, 255, 255, 0, 3, 4, .. ServerIdentifier, 6, 4, .. ServerIdentifier, 255,
        ];
        options.CopyTo(message, 236);
        return message;
    }

    private sealed class MiddleOfRange : EntropySource
    {
        public override uint NextUInt32() => 0x8000_0000;
    }
}
