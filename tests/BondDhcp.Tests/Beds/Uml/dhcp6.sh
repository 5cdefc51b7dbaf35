# DHCPv6 on the network: fd55::/64 on the bridge, addresses from fd55::100, prefixes of 56 bits where a server has some.

# network6: as network, with IPv6 on both sides of the cables and all of it captured.
network6() {
    filter=$filter46
    network
    ip -n "$net" address add fd55::1/64 dev br0 nodad
    # A server sends from there, and refuses to start while it is tentative.
    until_true eval 'ip -n "$net" -6 -o address show dev br0 scope link -tentative | grep -q fe80'
}

# two_networks6: as two_networks, with IPv6: fd55::/64 in the one, fd66::/64 in the other.
two_networks6() {
    filter=$filter46
    two_networks
    ip -n "$net" address add fd55::1/64 dev br0 nodad
    ip -n "other-$scenario" address add fd66::1/64 dev br0 nodad
    until_true eval 'ip -n "$net" -6 -o address show dev br0 scope link -tentative | grep -q fe80'
    until_true eval 'ip -n "other-$scenario" -6 -o address show dev br0 scope link -tentative | grep -q fe80'
}

# serve6 dnsmasq|kea|dhcpd: leases of ten minutes. dnsmasq advertises itself as a router, too.
serve6() {
    local at=$dir/${where:+other-}6- log=${where:+other-}server6.log subnet=fd55
    [ -z "${where:-}" ] || subnet=fd66
    touch "${at}leases"
    case $1 in
        dnsmasq)
            in_net dnsmasq --conf-file=/dev/null --keep-in-foreground --port=0 --user=root --log-dhcp --log-facility=- --pid-file= \
                --bind-interfaces --interface=br0 --dhcp-leasefile="${at}leases" --dhcp-range=$subnet::100,$subnet::1ff,64,600 --enable-ra \
                "--dhcp-option=option6:dns-server,[$subnet::1]" 2> "$dir/$log" &
            until_true says "$log" 'DHCPv6, IP range' ;;
        kea)
            printf '%s\n' '{ "Dhcp6": { "interfaces-config": { "interfaces": [ "br0" ] }, "valid-lifetime": 600, "preferred-lifetime": 400,' \
                '"server-id": { "type": "EN", "enterprise-id": 32473, "identifier": "0A0B0C0D", "persist": false },' \
                "\"lease-database\": { \"type\": \"memfile\", \"persist\": true, \"name\": \"${at}kea\", \"lfc-interval\": 0 }," \
                '"loggers": [ { "name": "kea-dhcp6", "severity": "INFO", "output_options": [ { "output": "stdout" } ] } ],' \
                '"subnet6": [ { "id": 1, "subnet": "fd55::/64", "interface": "br0", "pools": [ { "pool": "fd55::100 - fd55::1ff" } ],' \
                '"pd-pools": [ { "prefix": "2001:db8:8000::", "prefix-len": 48, "delegated-len": 56 } ],' \
                '"option-data": [ { "name": "dns-servers", "data": "fd55::1" } ] } ] } }' > "${at}kea.conf"
            KEA_PIDFILE_DIR=$dir KEA_LOCKFILE_DIR=$dir in_net kea-dhcp6 -c "${at}kea.conf" > "$dir/$log" 2>&1 &
            until_true says "$log" DHCP6_STARTED ;;
        dhcpd)
            printf '%s\n' 'authoritative; default-lease-time 600; preferred-lifetime 400; option dhcp6.name-servers fd55::1;' \
                'subnet6 fd55::/64 { range6 fd55::100 fd55::1ff; prefix6 2001:db8:8000:: 2001:db8:8000:f00:: /56; }' > "${at}dhcpd.conf"
            in_net dhcpd -6 -f -d --no-pid -cf "${at}dhcpd.conf" -lf "${at}leases" br0 2> "$dir/$log" &
            until_true says "$log" 'Sending on' ;;
    esac
    server6=$!
}

# bound6: the client has an address from DHCPv6 that can be used.
bound6() { bonddhcp wait-online bond0 -6 --timeout "$patience" || fail "no IPv6 address: $(bonddhcp status 2>&1)"; }
