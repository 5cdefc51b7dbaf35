# Words for scenarios in which the program makes and keeps the bond itself.

# details: from here on the kernel's events of links are kept with all their attributes.
details() {
    ip -d -ts -o monitor link > "$dir/details.txt" &
    until_true eval 'ip link set lo alias detail$SRANDOM; [ -s "$dir/details.txt" ]'
}

# links NAME: what the kernel says; driver NAME: what the bonding driver does.
links() { ip -d -j link > "$dir/links-$1.json"; }
driver() { cat /proc/net/bonding/bond0 > "$dir/driver-$1.txt"; }

# addresses NAME: every address and route of the client's namespace, but for lo's.
addresses() { { ip -o address | grep -v ' lo '; ip route; } > "$dir/addresses-$1.txt"; }

# active SLAVE, member SLAVE [MASTER]: whether it is; lone SLAVE: whether it is there without a master.
active() { [ "$(< /sys/class/net/bond0/bonding/active_slave)" = "$1" ]; }
member() { [ -e "/sys/class/net/${2:-bond0}/lower_$1" ]; }
lone() { [ -e "/sys/class/net/$1" ] && [ ! -e "/sys/class/net/$1/master" ]; }

# option NAME VALUE: whether the bond has it.
option() { local words; read -ra words < "/sys/class/net/bond0/bonding/$1" && [ "${words[0]:-}" = "$2" ]; }

# component NAME STATE: whether status says so.
component() { bonddhcp status --json | grep -q "{\"name\":\"$1\",\"state\":\"$2\""; }

# chapter NAME: keeps the events of a daemon that is about to end.
chapter() { bonddhcp timeline --json > "$dir/timeline-$1.json"; }

# ended [SECONDS]: the daemon has.
ended() { ! kill -0 "$client" 2> /dev/null; }

# again: the next daemon, after the one before has ended.
again() { until_true ended; client; until_true bonddhcp status; }

# strays: what is left of the program in this namespace, in strays.txt.
strays() {
    local process
    {
        ip -o link | grep -v ' lo:'
        ip -o address | grep -v ' lo '
        ip route
        ip -6 route | grep -v '^fe80::/64'
        grep -h 'bonddhcp\|/run/'"$scenario"'/runtime' /proc/net/unix
        tail -n +2 /proc/net/packet
        for process in /proc/[0-9]*; do
            [[ $(readlink "$process/exe") != "$BINARY" || ! $process/ns/net -ef /proc/self/ns/net ]] || echo "process ${process#/proc/}"
        done
    } > "$dir/strays.txt" 2> /dev/null
}

# finish: everything down, by the program itself; and what that leaves.
finish() {
    chapter finish
    bonddhcp stop || fail "stop: $?"
    # Four times as long as anything else: a process that has said good-bye is in the kernel's hands, and this kernel shares one
    # processor with all scenarios. What holds it up then, the kernel knows.
    local until=$((SECONDS + 4 * patience)) task
    until ended; do
        if [ $SECONDS -ge $until ]; then
            for task in /proc/"$client"/task/*; do
                echo "$task: $(< "$task/wchan") $(grep -E '^(State|Sig|Shd)' "$task/status" | tr '\n\t' '  ')"
            done
            fail "not in time: ended"
        fi
        pause 0.1
    done
    strays
}
