# The words that scenarios are written in, on every bed; a bed's own are beside its init.sh. A scenario runs in the client's network namespace, where bond0 with w0 (MAC A, primary)
# and w1 (MAC B) is. The other ends of both are pw0 and pw1, ports of the bridge br0 in the namespace $net, where the server is.
set -uo pipefail
readonly A=02:00:00:00:0a:0a B=02:00:00:00:0b:0b
readonly net=net-$scenario dir=/run/$scenario
readonly patience=${PATIENCE:-20} # seconds for anything that is waited for; what may not take that long is asserted by the captured times
exec 7<> <(:) # never has anything to read: waiting without starting a program

pause() { read -rt "$1" -u 7; }

# mark NAME: the time, for "before this" and "after this" in the assertions.
mark() { echo "$EPOCHREALTIME $1" >> "$dir/marks"; }

fail() { echo "FAILED: $*"; echo "$*" >> "$dir/failed"; exit 1; }

# in_net COMMAND... &: in the network's namespace; $! is the command itself.
in_net() { exec nsenter --net="/run/netns/$net" "$@"; }

# until_true COMMAND...: polls.
until_true() {
    local until=$((SECONDS + patience))
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $until ] || fail "not in time: $*"
        pause 0.1
    done
}

# says FILE WORDS: in the scenario's directory.
says() {
    local text=""
    IFS= read -rd '' text < "$dir/$1"
    [[ $text == *"$2"* ]]
}

# make_bond [OPTION...]: options of ip link's bond type, in place of those the program itself chooses.
make_bond() {
    ip link add bond0 type bond mode active-backup miimon 100 fail_over_mac active num_grat_arp 2 "$@"
    ip -batch - <<-END
	link set w0 master bond0
	link set w1 master bond0
	link set bond0 type bond primary w0 primary_reselect always
	link set bond0 up
	END
}

# make_network: the network's namespace, with a server's addresses on the bridge br0.
make_network() {
    ip netns add "$net"
    ip link set lo up
    ip -n "$net" -batch - <<-END
	link set lo up
	address add 192.0.2.254/32 dev lo
	link add br0 address 02:00:00:00:01:01 type bridge forward_delay 0
	address add 192.0.2.1/24 dev br0
	link set br0 up
	END
}

# cable SLAVE MAC PORT: a slave and the network's port that it is plugged into.
cable() {
    ip link add "$1" address "$2" type veth peer name "$3" netns "$net"
    ip -n "$net" link set "$3" master br0 up
}

declare -A captures # the process for each port

# A capture of an interface that is down looks a thousand times a second whether it is up again: it is held meanwhile.
hold() { kill -STOP "${captures[$1]}"; }
go_on() { kill -CONT "${captures[$1]}"; }

# watch PORT...: from here on the kernel's events in the client's namespace are kept, and what comes in at each port.
watch() {
    local port
    for port in "$@"; do
        in_net tcpdump -i "$port" -p -Q in -U --immediate-mode -Z root -s 0 -w "$dir/$port.pcap" 'arp or udp port 67 or udp port 68' 2> "$dir/$port.log" &
        captures[$port]=$!
    done
    for port in "$@"; do until_true says "$port.log" listening; done
    ip -ts -o monitor link address route > "$dir/monitor" &
    until_true eval 'ip link set lo alias seen$SRANDOM; [ -s "$dir/monitor" ]'
}

# network [PORT...]: two cables and the network behind them, these ports without carrier; all of it watched.
network() {
    make_network
    cable w0 $A pw0
    cable w1 $B pw1
    watch pw0 pw1
    local port
    for port in "$@"; do unplug "$port"; done # now, because tcpdump refuses an interface that is down
}

plug() { go_on "$1"; ip -n "$net" link set "$1" up; }
unplug() { ip -n "$net" link set "$1" down; hold "$1"; }

# serve dnsmasq|udhcpd: leases of two minutes, known by the client identifier and by chaddr.
serve() {
    if [ "$1" = dnsmasq ]; then
        in_net dnsmasq --conf-file=/dev/null --keep-in-foreground --port=0 --user=root --no-ping --log-dhcp --log-facility=- --pid-file= \
            --bind-interfaces --interface=br0 --dhcp-leasefile="$dir/leases" --dhcp-range=192.0.2.50,192.0.2.99,255.255.255.0,120 \
            --dhcp-option=option:router,192.0.2.254 --dhcp-authoritative 2> "$dir/server.log" &
        server=$!
        until_true says server.log 'sockets bound'
    else
        touch "$dir/leases"
        printf '%s\n' 'interface br0' 'start 192.0.2.50' 'end 192.0.2.99' 'opt lease 120' 'opt subnet 255.255.255.0' 'opt router 192.0.2.254' \
            "lease_file $dir/leases" "pidfile $dir/udhcpd.pid" > "$dir/udhcpd.conf"
        in_net busybox udhcpd -f -a 0 -I 192.0.2.1 "$dir/udhcpd.conf" 2> "$dir/server.log" &
        server=$!
        until_true says server.log started
    fi
}

bonddhcp() { "$BINARY" --config "$dir/bonddhcp.toml" --state-dir "$dir/state" --runtime-dir "$dir/runtime" "$@"; }

# config: the daemon's configuration, from standard input.
config() { cat > "$dir/bonddhcp.toml"; }

# client: starts the daemon, with DHCP on bond0 where nothing was configured; expect reads what it says from here on.
client() {
    [ -e "$dir/bonddhcp.toml" ] || config <<< $'[interface.bond0]\ndhcp4 = true\ndns = false'
    [ -e "$dir/client.log" ] || { touch "$dir/client.log"; exec 8< "$dir/client.log"; }
    "$BINARY" --config "$dir/bonddhcp.toml" --state-dir "$dir/state" --runtime-dir "$dir/runtime" run 2>> "$dir/client.log" &
    client=$!
}

# expect PATTERN: reads the daemon's log on until a line matches.
expect() {
    local until=$((SECONDS + patience)) line="" piece
    while [ $SECONDS -lt $until ]; do
        if ! IFS= read -r piece <&8; then line+=$piece; pause 0.1; continue; fi
        [[ $line$piece =~ $1 ]] && return
        line=""
    done
    fail "the client did not say in time: $1"
}

# bound, verified: the client has a lease; the lease it had was confirmed.
bound() { expect ' leaseBound '; }
verified() { expect ' leaseRenewed '; }

# announced: the second announcement, 2 s after the first, has been sent; nothing is held back after it.
announced() { pause 2.3; }

# address: the leased one.
address() { ip -4 -o address show bond0 | sed -n 's|.* inet \(192.0.2.[0-9]*\)/.*|\1|p'; }

# lease NAME: the lease as the client has it now.
lease() { bonddhcp lease bond0 --json > "$dir/lease-$1.json"; }

# note NAME COMMAND...: keeps what it prints.
note() { "${@:2}" >> "$dir/$1.txt" 2>&1; }

# status NAME: what the client says of everything.
status() { note "$1" bonddhcp status; }

# until_status WORDS: the client says so.
until_status() { until_true status_has "$1"; }
status_has() { [[ $(bonddhcp status) == *"$1"* ]]; }

# sent PORT: a frame of the client came in there.
sent() { [ "$(stat -c %s "$dir/$1.pcap")" -gt 24 ]; }

leave() {
    lease end
    bonddhcp timeline --json > "$dir/timeline.json"
    kill -CONT "${captures[@]}" 2>/dev/null && pause 0.2 # what was captured before is written
    kill $(jobs -p) 2>/dev/null
}
trap leave EXIT
for words in "$BED"/words/*.sh; do [ ! -e "$words" ] || . "$words"; done
. "$1"
