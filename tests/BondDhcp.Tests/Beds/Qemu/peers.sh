# The DHCP clients of others on bond0, each started as its packages start it and with nothing remembered.

# peer dhclient|dhcpcd|udhcpc|networkd
peer() {
    case $1 in
        dhclient) dhclient -4 -d -lf "$dir/dhclient.leases" -pf "$dir/dhclient.pid" bond0 ;;
        dhcpcd)
            # Its directories are the same for all who run it.
            mount -t tmpfs tmpfs /var/lib/dhcpcd && mkdir -p /run/dhcpcd && mount -t tmpfs tmpfs /run/dhcpcd
            dhcpcd -4 -B --noarp bond0
            ;;
        udhcpc)
            printf '%s\n' '#!/bin/sh' '[ "$1" != bound ] || ip address add "$ip/$mask" dev "$interface"' > "$dir/udhcpc.script"
            chmod +x "$dir/udhcpc.script"
            busybox udhcpc -f -i bond0 -s "$dir/udhcpc.script"
            ;;
        networkd)
            # Without write access to /sys it asks no udev, which does not know this namespace.
            mount -o remount,ro,bind /sys
            mkdir -p /run/systemd/network /run/systemd/netif && mount -t tmpfs tmpfs /run/systemd/network && mount -t tmpfs tmpfs /run/systemd/netif
            mkdir -p /run/systemd/netif/{links,leases,lldp}
            printf '%s\n' '[Match]' Name=bond0 '[Network]' DHCP=ipv4 > /run/systemd/network/bond0.network
            printf '%s\n' '[Match]' 'Name=w0 w1' '[Link]' Unmanaged=yes > /run/systemd/network/slaves.network
            chown -R systemd-network: /run/systemd/netif
            /lib/systemd/systemd-networkd
            ;;
    esac > "$dir/peer.log" 2>&1 &
    peer=$!
}

# addressed SECONDS: bond0 has an address of the network's; true also when it never came, which the evidence shows.
addressed() {
    local until=$((SECONDS + $1))
    until ip -4 -o address show bond0 | grep -q 'inet 192\.0\.2\.' || [ $SECONDS -ge $until ]; do pause 0.1; done
}
