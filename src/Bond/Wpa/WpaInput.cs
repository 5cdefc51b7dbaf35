namespace BondDhcp.Bond.Wpa;

/// <summary>What can happen to the client of a control socket.</summary>
public abstract record WpaInput
{
    private WpaInput()
    {
    }

    /// <summary>A supplicant was started or asked for: look for it soon.</summary>
    public sealed record Expect : WpaInput;

    /// <summary>Close, and do not look for one until the next <see cref="Expect"/>.</summary>
    public sealed record Halt : WpaInput;

    /// <summary>Both sockets are connected.</summary>
    public sealed record Connected : WpaInput;

    /// <summary>There is no socket, nobody listens, or it is not ours to use.</summary>
    /// <param name="Why">In the kernel's words; null where there simply is none.</param>
    public sealed record ConnectFailed(string? Why) : WpaInput;

    /// <summary>The other side is gone (ECONNREFUSED and the like).</summary>
    public sealed record Refused : WpaInput;

    /// <summary>A datagram on the socket for requests.</summary>
    public sealed record Reply(ReadOnlyMemory<byte> Octets) : WpaInput;

    /// <summary>A datagram on the attached socket.</summary>
    public sealed record Unsolicited(ReadOnlyMemory<byte> Octets) : WpaInput;

    /// <summary>The carrier came or went.</summary>
    public sealed record Carrier(bool IsThere) : WpaInput;

    /// <summary>Send a request of the user's; answered by <see cref="WpaEffect.Answered"/>.</summary>
    public sealed record Command(string Request) : WpaInput;

    /// <summary>Time has passed.</summary>
    public sealed record Deadline : WpaInput;
}

/// <summary>What the client of a control socket wants done.</summary>
public abstract record WpaEffect
{
    private WpaEffect()
    {
    }

    /// <summary>Make both sockets and connect them; tell by <see cref="WpaInput.Connected"/> or <see cref="WpaInput.ConnectFailed"/>.</summary>
    public sealed record Connect : WpaEffect;

    /// <summary>Close both.</summary>
    public sealed record Close : WpaEffect;

    /// <summary>Send a request.</summary>
    /// <param name="Request">Its text.</param>
    /// <param name="OnAttached">On the socket that is or will be attached.</param>
    public sealed record Send(string Request, bool OnAttached) : WpaEffect;

    /// <summary>A command's answer, its white space trimmed; null when none came.</summary>
    public sealed record Answered(string Request, string? Reply) : WpaEffect;

    /// <summary>The supplicant does not answer any more, though it listens.</summary>
    public sealed record Hung : WpaEffect;
}
