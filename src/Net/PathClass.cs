namespace BondDhcp.Net;

/// <summary>Which network a new path is in, as far as is known when it is taken.</summary>
public enum PathClass
{
    /// <summary>Nobody was asked, or nobody answered.</summary>
    Unknown,
    /// <summary>The lease's gateway answered on it with the known hardware address.</summary>
    Same,
    /// <summary>Certainly another network.</summary>
    Different,
}
