using System.Runtime.InteropServices;

namespace BondDhcp.Bond.Netlink;

/// <summary>The kernel's answer to a request.</summary>
/// <param name="Errno">errno(3), positive; 0 when it was done.</param>
/// <param name="Text">The kernel's own words (its extended acknowledgement), where it gave any. Also a warning at success.</param>
public readonly record struct RtnlResult(int Errno, string? Text = null)
{
    /// <summary>Done, without a remark.</summary>
    public static readonly RtnlResult Success;

    /// <summary>True when the request was carried out.</summary>
    public bool Succeeded => Errno == 0;

    /// <summary>For people: <c>File exists: Nexthop has invalid gateway</c>.</summary>
    public override string ToString() =>
        Errno == 0 ? Text ?? "done"
        : Text is null ? Marshal.GetPInvokeErrorMessage(Errno)
        : $"{Marshal.GetPInvokeErrorMessage(Errno)}: {Text}";
}
