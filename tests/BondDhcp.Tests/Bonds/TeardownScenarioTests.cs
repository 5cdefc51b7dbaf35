using BondDhcp.Tests.Beds.Scenarios;
using BondDhcp.Tests.Beds.Uml;
using Xunit;
using Xunit.Abstractions;
using static BondDhcp.Tests.Bonds.SupervisorAssert;

namespace BondDhcp.Tests.Bonds;

/// <summary>Whatever is done to the components and to the daemon, in any order: the wanted state at the end, and nothing left.</summary>
[Collection(TurmoilCollection.Name)]
public sealed class TeardownScenarioTests(TurmoilMachine machine, ITestOutputHelper output)
{
    private static readonly BedScenario s_random = new("random", """
        network
        serve dnsmasq
        config <<TOML
        [interface.bond0]
        slaves = ["w0", "w1"]
        primary = "w0"
        addresses = ["10.9.9.2/24"]
        conflict-detection = "off"
        dhcp4 = true
        dns = false
        TOML
        client
        bound
        RANDOM=2131
        components=(master@bond0 slave@w0 slave@w1 static@bond0 dhcp4@bond0)
        verbs=(start stop restart start)
        for step in {1..200}; do
            verb=${verbs[RANDOM % 4]} component=${components[RANDOM % 5]}
            echo "$step $verb $component" >> $dir/steps.txt
            timeout 3 "$BINARY" --runtime-dir $dir/runtime $verb $component >> $dir/answers.txt 2>&1 &
            commands[RANDOM % 3]=$!
            [ $((step % 3)) != 0 ] || wait "${commands[@]}" 2> /dev/null
        done
        wait "${commands[@]}" 2> /dev/null
        mark end
        for component in "${components[@]}"; do bonddhcp start $component || fail "start $component: $?"; done
        kill -0 $client || fail "the daemon is not the same"
        bonddhcp wait-online bond0 -4 --timeout 20 || fail "wait-online: $?"
        # Twenty DHCP messages a minute are the most that one device sends: the last start may have to wait for that.
        bonddhcp acquire bond0 --timeout 70 || fail "acquire: $?"
        status end
        addresses end
        chapter 1
        bonddhcp stop || fail "stop: $?"
        until_true ended
        strays
        """);

    private static readonly BedScenario s_killed = new("killedoften", """
        network
        serve dnsmasq
        config <<TOML
        [interface.bond0]
        slaves = ["w0", "w1"]
        primary = "w0"
        addresses = ["10.9.9.2/24"]
        conflict-detection = "off"
        dhcp4 = true
        dns = false
        TOML
        client
        bound
        RANDOM=951
        components=(master@bond0 slave@w0 slave@w1 static@bond0 dhcp4@bond0)
        verbs=(restart stop start)
        for signal in KILL TERM USR2 KILL; do
            for step in 1 2 3; do
                timeout 3 "$BINARY" --runtime-dir $dir/runtime ${verbs[RANDOM % 3]} ${components[RANDOM % 5]} >> $dir/answers.txt 2>&1 &
            done
            pause 0.$((RANDOM % 4))
            kill -$signal $client
            until_true ended
            client
            until_true bonddhcp status
        done
        for component in "${components[@]}"; do bonddhcp start $component || fail "start $component: $?"; done
        bonddhcp acquire bond0 --timeout 70 || fail "acquire: $?"
        status end
        addresses end
        bonddhcp stop || fail "stop: $?"
        until_true ended
        strays
        """);

    public static IReadOnlyList<BedScenario> Scenarios => [s_random, s_killed];

    [UmlFact(DisplayName = "200 times start, stop, restart of any component, several at once: the wanted state at the end, no fault, the same daemon, and nothing left after a stop")]
    public void Components_InAnyOrder_EndAsWanted()
    {
        BedEvidence seen = machine[s_random, output];
        Assert.Equal(200, seen.TextOf("steps.txt").Count);
        Wanted(seen);
    }

    [UmlFact(DisplayName = "kill -9, SIGTERM, SIGUSR2 in the middle of starts and stops: the next daemon goes on, and nothing is left after a stop")]
    public void Daemon_KilledInTheMiddle_GoesOn() => Wanted(machine[s_killed, output]);

    private static void Wanted(BedEvidence seen)
    {
        AllRun(seen, "end");
        Assert.Equal(["w0", "w1"], Interface(seen, "end").GetProperty("slaves").EnumerateArray().Where(one => one.GetProperty("usable").GetBoolean()).Select(one => Field(one, "name")));
        Assert.Equal(2, seen.TextOf("addresses-end.txt").Count(line => line.Contains(" inet ", StringComparison.Ordinal)));
        Assert.Single(seen.TextOf("addresses-end.txt"), line => line.StartsWith("default via 192.0.2.254 dev bond0 ", StringComparison.Ordinal));
        Assert.DoesNotContain(seen.TextOf("answers.txt"), line => line.Contains("fault", StringComparison.Ordinal));
        NoFault(seen);
        LeftOnly(seen, "w0", "w1");
    }
}
