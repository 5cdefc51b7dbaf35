namespace BondDhcp.Host.Commands;

/// <summary>TEMPORARY</summary>
internal static class DecodeCommand
{
    /// <summary>TEMPORARY</summary>
    public static int Run(Invocation invocation) => invocation.Arguments.Length;
}
