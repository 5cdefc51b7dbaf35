# Wi-Fi: simulated radios, all on one air; each scenario has its own channel, network name and access points' addresses.
readonly ssid=bed-$scenario channel=$((1 + number % 11))
readonly frequency=$((2407 + 5 * channel))
readonly AP1=02:00:00:00:$(printf %02x "$number"):a1 AP2=02:00:00:00:$(printf %02x "$number"):a2
readonly psk=00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff other_psk=ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
readonly supplicant_conf=$dir/wpa_supplicant.conf control=/run/wpa-$scenario

# machine COMMAND...: where the radios are that nobody has taken, and the cards that were just plugged in.
machine() { nsenter --net=/proc/1/ns/net "$@"; }

# radio N: takes the scenario's Nth radio, from 0, for the client's namespace; radio N NAMESPACE, for that. It is wlan$index there.
radio() {
    index=$((number * RADIOS_EACH + $1))
    if [ $# = 1 ]; then machine iw "phy#$index" set netns $$; else machine iw "phy#$index" set netns name "$2"; fi
}

# wireless [PORT...]: w0 on a cable, w1 on Wi-Fi, the network behind both; these ports without carrier; all of it watched.
# No access point is on the air: pw1 is the first one's interface, pw2 the second one's.
wireless() {
    make_network
    cable w0 $A pw0
    radio 0
    ip link set wlan$index name w1 address $B
    radio 1 "$net"
    ip -n "$net" link set wlan$index name pw1 address "$AP1" up # for tcpdump, which refuses an interface that is down
    radio 2 "$net"
    ip -n "$net" link set wlan$index name pw2 address "$AP2" up
    watch pw0 pw1 pw2
    unplug pw1
    unplug pw2
    local port
    for port in "$@"; do unplug "$port"; done
}

# ap_up [OPTION...]: the access point on the air, WPA2-PSK, in the network's bridge; further lines of hostapd.conf.
ap_up() { access_point pw1 "$@"; }

# second_ap [OPTION...]: another one of the same network.
second_ap() { access_point pw2 "$@"; }

access_point() {
    printf '%s\n' "interface=$1" bridge=br0 driver=nl80211 "ssid=$ssid" hw_mode=g "channel=$channel" wpa=2 wpa_key_mgmt=WPA-PSK rsn_pairwise=CCMP \
        "wpa_psk=$psk" "${@:2}" > "$dir/$1.conf"
    go_on "$1"
    # With the port's own settings in its /sys.
    in_net unshare --mount sh -c 'mount -t sysfs sysfs /sys && exec hostapd -t "$1"' - "$dir/$1.conf" > "$dir/ap-$1.log" 2>&1 &
    access_points[${1#pw}]=$!
    until_true says "ap-$1.log" AP-ENABLED
}
access_points=()

# ap_down [pw2]: an access point leaves the air; it takes leave of its stations.
ap_down() {
    local port=${1:-pw1}
    kill "${access_points[${port#pw}]}"
    wait "${access_points[${port#pw}]}"
    hold "$port"
}

# ap_lost [pw2]: the same without a word.
ap_lost() {
    local port=${1:-pw1}
    kill -KILL "${access_points[${port#pw}]}"
    unplug "$port"
}

# credentials: what wpa_supplicant is told, in $supplicant_conf.
credentials() { write_credentials $psk; }

# wrong_key: the same with another key.
wrong_key() { write_credentials $other_psk; }

write_credentials() {
    cat > "$supplicant_conf" <<-END
	ctrl_interface=$control
	network={
	    ssid="$ssid"
	    psk=$1
	    scan_freq=$frequency
	}
	END
}

# supervised [LINE...]: the daemon makes bond0 and runs wpa_supplicant on w1, with the right key where no other was written;
# further lines of bond0's configuration.
supervised() {
    [ -e "$supplicant_conf" ] || credentials
    printf '%s\n' '[interface.w1]' "supplicant = \"$supplicant_conf\"" '[interface.bond0]' 'slaves = ["w0", "w1"]' 'dhcp4 = true' 'dns = false' "$@" | config
}

# supplicant_pid: of the one with that configuration.
supplicant_pid() { pgrep -fx "(.*/)?wpa_supplicant .*-c $supplicant_conf.*"; }

# radio_out: w1 leaves this host as a dongle does that is pulled; radio_in: it is back.
radio_out() { iw "phy#$((number * RADIOS_EACH))" set netns 1; }
radio_in() {
    radio 0
    # Where it was meanwhile, that of an ended scenario may have had its name.
    local name
    name=$(ip -o link | sed -n "s/^[0-9]*: \(wlan[0-9]*\): .*$B.*/\1/p")
    [ -z "$name" ] || ip link set "$name" name w1
}

# supplicant: starts wpa_supplicant on w1 by hand, with the right key where no other was written.
supplicant() {
    [ -e "$supplicant_conf" ] || credentials
    wpa_supplicant -t -D nl80211 -i w1 -c "$supplicant_conf" > "$dir/supplicant.log" 2>&1 &
    supplicant=$!
}

# authorised [BSSID]: the supplicant on w1 has come to the end of the handshake, with this access point.
authorised() { until_true eval "wpa_state | grep -q wpa_state=COMPLETED && wpa_state | grep -q bssid=${1:-}"; }
wpa_state() { wpa_cli -p "$control" -i w1 status; }

# roam BSSID: to another access point, once it has been seen.
roam() {
    until_true hears "$1"
    wpa_cli -p "$control" -i w1 roam "$1" && authorised "$1"
}
hears() { wpa_cli -p "$control" -i w1 scan; pause 1; wpa_cli -p "$control" -i w1 scan_results | grep "$1"; }

# radio_block, radio_unblock: rfkill of w1.
radio_block() { rfkill block "$(radio_switch)"; }
radio_unblock() { rfkill unblock "$(radio_switch)"; }
radio_switch() { local path=(/sys/class/net/w1/phy80211/rfkill*); echo "${path[0]##*/rfkill}"; }

# A supplicant that the daemon started outlives it.
trap 'leave; kill $(supplicant_pid) 2>/dev/null' EXIT
