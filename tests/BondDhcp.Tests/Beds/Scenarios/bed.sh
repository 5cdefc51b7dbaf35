# The words that scenarios are written in, on every bed; a bed's own are beside its init.sh. A scenario runs in the client's network namespace, where bond0 with w0 (MAC A, primary)
# and w1 (MAC B) is. The other ends of both are pw0 and pw1, ports of the bridge br0 in the namespace $net, where the server is.
set -uo pipefail
readonly A=02:00:00:00:0a:0a B=02:00:00:00:0b:0b
readonly net=net-$scenario dir=/run/$scenario
readonly patience=${PATIENCE:-40} # seconds for anything that is waited for; what may not take that long is asserted by the captured times
exec 7<> <(:) # never has anything to read: waiting without starting a program

pause() { read -rt "$1" -u 7; }

# mark NAME: the time, for "before this" and "after this" in the assertions.
mark() { echo "$EPOCHREALTIME $1" >> "$dir/marks"; }

fail() { echo "FAILED: $*"; echo "$*" >> "$dir/failed"; exit 1; }

# in_net COMMAND... &: in the network's namespace; $! is the command itself.
in_net() { exec nsenter --net="/run/netns/${where:-$net}" "$@"; }

# elsewhere WORD...: the word is about another network, the same to look at but for its hardware addresses and its pool.
elsewhere() { where=other-$scenario "$@"; }

# until_true COMMAND...: polls.
until_true() {
    local until=$((SECONDS + patience))
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $until ] || fail "not in time: $*"
        pause 0.25 # starting a program is no small thing for a user-mode kernel
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

# make_network: the network's namespace, with a server's addresses on the bridge br0, which has a port with a carrier of its own:
# some servers ask for one.
make_network() {
    local at=${where:-$net} gateway=01
    [ -z "${where:-}" ] || gateway=02
    ip netns add "$at"
    ip link set lo up
    ip -n "$at" -batch - <<-END
	link set lo up
	address add 192.0.2.254/32 dev lo
	link add br0 address 02:00:00:00:$gateway:01 type bridge forward_delay 0
	address add 192.0.2.1/24 dev br0
	link set br0 up
	link add up0 type veth peer name up1
	link set up1 arp off up
	link set up0 master br0 up
	END
}

# cable SLAVE MAC PORT: a slave and the network's port that it is plugged into.
cable() {
    ip link add "$1" address "$2" type veth peer name "$3" netns "${where:-$net}"
    ip -n "${where:-$net}" link set "$3" master br0 up
}

declare -A captures # the process for each port
readonly filter4='arp or udp port 67 or udp port 68'
readonly filter46="$filter4 or icmp6 or udp port 546 or udp port 547"
filter=$filter4

# A capture of an interface that is down looks a thousand times a second whether it is up again: it is held meanwhile.
hold() { [ -z "${captures[$1]:-}" ] || kill -STOP "${captures[$1]}"; }
go_on() { [ -z "${captures[$1]:-}" ] || kill -CONT "${captures[$1]}"; }

# capture PORT...: from here on what comes in at each port is kept.
capture() {
    local port
    for port in "$@"; do
        in_net tcpdump -i "$port" -p -Q in -U --immediate-mode -Z root -s 0 -w "$dir/$port.pcap" "$filter" 2> "$dir/$port.log" &
        captures[$port]=$!
    done
    for port in "$@"; do until_true says "$port.log" listening; done
}

# watch PORT...: as capture, and the kernel's events in the client's namespace too.
watch() {
    capture "$@"
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

# two_networks: w0 leads into the one, w1 into the other.
two_networks() {
    make_network
    cable w0 $A pw0
    elsewhere make_network
    elsewhere cable w1 $B pw1
    elsewhere capture pw1
    watch pw0
}

plug() { go_on "$1"; ip -n "${where:-$net}" link set "$1" up; }
unplug() { ip -n "${where:-$net}" link set "$1" down; hold "$1"; }

# cut, mend PORT: what is behind the switch goes, the port's carrier stays.
cut() { ip -n "$net" link set "$1" nomaster arp off; }
mend() { ip -n "$net" link set "$1" master br0 arp on; }

# switch RULE...: the bridge's ports obey these rules of nft, too.
switch() {
    in_net_now nft -f - <<-END
	table bridge switch {
	set bindings { type ether_addr . ipv4_addr; }
	set shut { type ifname; }
	chain in {
	type filter hook prerouting priority 0;
	$(printf '%s\n' "$@")
	}
	}
	END
}
in_net_now() { nsenter --net="/run/netns/${where:-$net}" "$@"; }

# guard_sources: addresses are used only by whom a server granted them to; as a switch learns it, from what the server says.
guard_sources() {
    switch 'iifname != { "pw0", "pw1" } accept' 'ether type arp arp saddr ip != 0.0.0.0 arp saddr ether . arp saddr ip != @bindings drop' \
        'ether type ip ip saddr != 0.0.0.0 ether saddr . ip saddr != @bindings drop'
    tail -n +1 -F "$dir/server.log" 2>/dev/null | while read -r line; do
        [[ $line =~ DHCPACK.*\ (192[.0-9]+)\ ([0-9a-f:]{17}) ]] && granted "${BASH_REMATCH[2]}" "${BASH_REMATCH[1]}"
        [[ $line =~ hwtype=1\ ([0-9a-f:]{17}).*lease\ (192[.0-9]+)\ has\ been\ allocated ]] && granted "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
    done &
}
granted() { in_net_now nft "add element bridge switch bindings { $1 . $2 }"; echo "$1 $2" >> "$dir/bindings.txt"; }

# stranger ADDRESS: a second server on the same network, which knows none of the others' leases and refuses them.
stranger() {
    ip netns add "other-$scenario"
    ip -n "$net" link add ps0 type veth peer name ps1 netns "other-$scenario"
    ip -n "$net" link set ps0 master br0 up
    ip -n "other-$scenario" -batch - <<-END
	link add br0 type bridge forward_delay 0
	link set ps1 master br0 up
	address add $1/24 dev br0
	link set br0 up
	END
    elsewhere serve dnsmasq
}

# reach NAME: whether the gateway answers the address that the bond has, for the assertions.
reach() { ping -n -c 5 -i 0.2 -W 1 192.0.2.254 > "$dir/reach-$1.txt" 2>&1; }

# pinging: the gateway, ten times a second from here on.
pinging() { ping -D -n -i 0.1 -W 1 192.0.2.254 > "$dir/ping.txt" 2>&1 & }

# status NAME: what the daemon says of everything, for the assertions.
status() { bonddhcp status --json > "$dir/status-$1.json"; }

# serve dnsmasq|dhcpd|kea|kea-chaddr|udhcpd [INTERFACE]: leases of two minutes; the last two know clients by chaddr. $server is its process.
dnsmasq_options=() # further ones
serve() {
    local at=$dir/${where:+other-} pool=192.0.2.5
    [ -z "${where:-}" ] || pool=192.0.2.15
    local log=${at#"$dir/"}server.log
    touch "${at}leases"
    case $1 in
        dnsmasq)
            in_net dnsmasq --conf-file=/dev/null --keep-in-foreground --port=0 --user=root --no-ping --log-dhcp --log-facility=- --pid-file= \
                --bind-interfaces --interface="${2:-br0}" --dhcp-leasefile="${at}leases" --dhcp-range=${pool}0,${pool}9,255.255.255.0,120 \
                --dhcp-option=option:router,192.0.2.254 --dhcp-authoritative "${dnsmasq_options[@]}" 2> "$dir/$log" &
            server=$!
            until_true says "$log" 'sockets bound' ;;
        dhcpd)
            printf '%s\n' 'authoritative; ping-check false; default-lease-time 120; max-lease-time 120; server-identifier 192.0.2.1;' \
                "subnet 192.0.2.0 netmask 255.255.255.0 { range ${pool}0 ${pool}9; option routers 192.0.2.254; }" > "${at}dhcpd.conf"
            in_net dhcpd -4 -f -d --no-pid -cf "${at}dhcpd.conf" -lf "${at}leases" br0 2> "$dir/$log" &
            server=$!
            until_true says "$log" 'Sending on' ;;
        kea | kea-chaddr)
            local by_identifier=true
            [ "$1" = kea ] || by_identifier=false
            printf '%s\n' '{ "Dhcp4": { "interfaces-config": { "interfaces": [ "br0" ] }, "valid-lifetime": 120, "authoritative": true,' \
                "\"match-client-id\": $by_identifier, \"lease-database\": { \"type\": \"memfile\", \"persist\": true, \"name\": \"${at}kea\", \"lfc-interval\": 0 }," \
                '"loggers": [ { "name": "kea-dhcp4", "severity": "INFO", "output_options": [ { "output": "stdout" } ] } ],' \
                "\"subnet4\": [ { \"id\": 1, \"subnet\": \"192.0.2.0/24\", \"pools\": [ { \"pool\": \"${pool}0 - ${pool}9\" } ]," \
                '"option-data": [ { "name": "routers", "data": "192.0.2.254" } ] } ] } }' > "${at}kea.conf"
            KEA_PIDFILE_DIR=$dir KEA_LOCKFILE_DIR=$dir in_net kea-dhcp4 -c "${at}kea.conf" > "$dir/$log" 2>&1 &
            server=$!
            until_true says "$log" DHCP4_STARTED ;;
        udhcpd)
            printf '%s\n' 'interface br0' "start ${pool}0" "end ${pool}9" 'opt lease 120' 'opt subnet 255.255.255.0' 'opt router 192.0.2.254' \
                "lease_file ${at}leases" "pidfile ${at}udhcpd.pid" > "${at}udhcpd.conf"
            in_net busybox udhcpd -f -a 0 -I 192.0.2.1 "${at}udhcpd.conf" 2> "$dir/$log" &
            server=$!
            until_true says "$log" started ;;
    esac
}

bonddhcp() { "$BINARY" --config "$dir/bonddhcp.toml" --state-dir "$dir/state" --runtime-dir "$dir/runtime" "$@"; }

# config: the daemon's configuration, from standard input.
config() { cat > "$dir/bonddhcp.toml"; }

# own_bond [LINE...]: the configuration of a bond that the daemon makes itself, with these settings beside the usual ones.
own_bond() { config < <(printf '%s\n' '[interface.bond0]' 'slaves = ["w0", "w1"]' 'primary = "w0"' 'dhcp4 = true' 'dns = false' "$@"); }

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

# until_status WORDS: the client says so.
until_status() { until_true status_has "$1"; }
status_has() { [[ $(bonddhcp status) == *"$1"* ]]; }

# sent PORT: a frame of the client came in there.
sent() { [ "$(stat -c %s "$dir/$1.pcap")" -gt 24 ]; }

leave() {
    lease end
    bonddhcp timeline --json > "$dir/timeline.json" 2> /dev/null
    kill -CONT "${captures[@]}" 2>/dev/null && pause 0.2 # what was captured before is written
    kill $(jobs -p) 2>/dev/null
}
trap leave EXIT
for words in "$BED"/words/*.sh; do [ ! -e "$words" ] || . "$words"; done
. "$1"
