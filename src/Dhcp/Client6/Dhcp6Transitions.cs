namespace BondDhcp.Dhcp.Client6;

/// <summary>Which state may follow which (RFC 9915 section 18.2).</summary>
public static class Dhcp6Transitions
{
    /// <summary>True when <paramref name="next"/> may follow <paramref name="previous"/>.</summary>
    public static bool AreLegal(Dhcp6State previous, Dhcp6State next)
    {
        // From anywhere: the end, the loss of the link, a new beginning.
        if (next is Dhcp6State.Stopped or Dhcp6State.Waiting or Dhcp6State.Soliciting or Dhcp6State.Releasing) return true;
        if (previous.GetType() == next.GetType()) return true;
        return next switch
        {
            Dhcp6State.Requesting => previous is Dhcp6State.Soliciting or Dhcp6State.Renewing or Dhcp6State.Rebinding or Dhcp6State.VerifyRebinding,
            Dhcp6State.Confirming or Dhcp6State.VerifyRebinding => MayHoldLease(previous) || BeginsAnew(previous),
            Dhcp6State.Unconfirmed => MayHoldLease(previous) || previous is Dhcp6State.Stopped,
            Dhcp6State.Bound => MayHoldLease(previous) || previous is Dhcp6State.Stopped or Dhcp6State.Soliciting,
            Dhcp6State.Renewing or Dhcp6State.Rebinding => MayHoldLease(previous) || previous is Dhcp6State.Stopped,
            Dhcp6State.Declining => MayHoldLease(previous),
            Dhcp6State.InformationRequesting => BeginsAnew(previous) || MayHoldLease(previous) || previous is Dhcp6State.InformationBound,
            Dhcp6State.InformationBound => previous is Dhcp6State.InformationRequesting,
            _ => false,
        };
    }

    private static bool BeginsAnew(Dhcp6State state) =>
        state is Dhcp6State.Stopped or Dhcp6State.Waiting or Dhcp6State.Soliciting or Dhcp6State.Declining
            or Dhcp6State.InformationRequesting or Dhcp6State.InformationBound;

    private static bool MayHoldLease(Dhcp6State state) =>
        state is Dhcp6State.Bound or Dhcp6State.Renewing or Dhcp6State.Rebinding or Dhcp6State.Requesting
            or Dhcp6State.Confirming or Dhcp6State.VerifyRebinding or Dhcp6State.Unconfirmed;
}
