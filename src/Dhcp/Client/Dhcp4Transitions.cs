namespace BondDhcp.Dhcp.Client;

/// <summary>Which state may follow which: RFC 2131 figure 5 with the waits and the verification added.</summary>
public static class Dhcp4Transitions
{
    /// <summary>True when <paramref name="next"/> may follow <paramref name="previous"/>.</summary>
    public static bool AreLegal(Dhcp4State previous, Dhcp4State next)
    {
        // From anywhere: the end, the loss of the link, a new beginning, an address that is declined or refused.
        if (next is Dhcp4State.Stopped or Dhcp4State.Waiting or Dhcp4State.Selecting or Dhcp4State.Releasing) return true;
        if (previous.GetType() == next.GetType()) return true;
        return next switch
        {
            Dhcp4State.Requesting => previous is Dhcp4State.Selecting,
            Dhcp4State.Probing => previous is Dhcp4State.Selecting or Dhcp4State.Requesting or Dhcp4State.Rebooting
                or Dhcp4State.Renewing or Dhcp4State.Rebinding,
            Dhcp4State.Rebooting => previous is Dhcp4State.Stopped or Dhcp4State.Waiting or Dhcp4State.V6OnlyWait || HoldsLease(previous),
            Dhcp4State.Verifying => HoldsLease(previous) || previous is Dhcp4State.Stopped,
            Dhcp4State.Bound => HoldsLease(previous) || previous is Dhcp4State.Stopped or Dhcp4State.Selecting or
                Dhcp4State.Requesting or Dhcp4State.Rebooting,
            Dhcp4State.Renewing or Dhcp4State.Rebinding => HoldsLease(previous) || previous is Dhcp4State.Stopped or Dhcp4State.Rebooting or Dhcp4State.Probing,
            Dhcp4State.DeclineWait => previous is Dhcp4State.Requesting or Dhcp4State.Probing or Dhcp4State.Rebooting
                or Dhcp4State.Selecting || HoldsLease(previous),
            Dhcp4State.NakBackoff => previous is Dhcp4State.Requesting or Dhcp4State.Rebooting || HoldsLease(previous),
            Dhcp4State.V6OnlyWait => previous is Dhcp4State.Selecting or Dhcp4State.Rebooting,
            _ => false,
        };
    }

    private static bool HoldsLease(Dhcp4State state) =>
        state is Dhcp4State.Bound or Dhcp4State.Verifying or Dhcp4State.Renewing or Dhcp4State.Rebinding or Dhcp4State.Probing;
}
