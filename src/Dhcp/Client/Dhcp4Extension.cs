using BondDhcp.Net;

namespace BondDhcp.Dhcp.Client;

/// <summary>A renewal or rebinding under way (RFC 2131 section 4.4.5).</summary>
/// <param name="Exchange">Its transaction.</param>
/// <param name="StartedAt">The first transmission; lease time granted in it counts from here.</param>
/// <param name="Sent">Transmissions so far.</param>
/// <param name="SendAt">The next one; <see cref="Instant.Never"/> when none is left before T2 or the end.</param>
public sealed record Dhcp4Extension(Dhcp4Exchange Exchange, Instant StartedAt, int Sent, Instant SendAt);
