# The daemon as a service of this machine's systemd, in the namespaces systemd is in, with the units of the package. One scenario
# at a time: it is one service.

readonly units=/usr/local/lib/systemd/system toml=/etc/bonddhcp/bonddhcp.toml

# outside COMMAND...: in systemd's own namespaces.
outside() { nsenter --target 1 --mount --net -- "$@"; }

# install_service: what the package would install, and nothing of an earlier scenario.
install_service() {
    exec {service_lock}> /run/service.lock
    flock $service_lock
    rm -rf /var/lib/bonddhcp /run/bonddhcp /etc/bonddhcp
    outside mkdir -p $units /run/systemd/network /run/modprobe.d /etc/bonddhcp
    outside cp "$BED"/units/*.service $units/
    outside cp "$BED"/units/*.link /run/systemd/network/
    outside tee /run/modprobe.d/bonddhcp.conf <<< 'options bonding max_bonds=0' > "$dir/modprobe.conf"
    outside ln -sf "$BINARY" /usr/local/sbin/bonddhcp
    outside mkdir -p /run/systemd/system/bonddhcp.service.d
    # Not compiled ahead of time, it compiles itself, with a runtime that lies elsewhere.
    [ ! -e "$BINARY.dll" ] || printf '%s\n' '[Service]' "Environment=DOTNET_ROOT=$DOTNET_ROOT" 'MemoryDenyWriteExecute=no' > /run/systemd/system/bonddhcp.service.d/runtime.conf
    outside udevadm control --reload
    outside systemctl daemon-reload
}

# dropin NAME LINE...: a drop-in of the service's, in its section [Service].
dropin() {
    printf '%s\n' '[Service]' "${@:2}" > "/run/systemd/system/bonddhcp.service.d/$1.conf"
    outside systemctl daemon-reload
}

# service [LINE...]: bond0 of u0, a cable, and the scenario's radio, with these lines in its configuration. Both have no carrier yet.
service() {
    station=wlan$((number * RADIOS_EACH)) supplicant_unit=bonddhcp-supplicant@wlan$((number * RADIOS_EACH)).service
    install_service
    make_network
    machine ip link add u0 address $A type veth peer name pw0 netns "$net"
    ip -n "$net" link set pw0 master br0 up
    machine ip link set "$station" address $B
    radio 1 "$net"
    ip -n "$net" link set wlan$index name pw1 address "$AP1" up
    capture pw0 pw1
    nsenter --target 1 --net -- ip -ts -o monitor link address route > "$dir/monitor" &
    unplug pw0
    unplug pw1
    credentials
    configure "$@"
    trap 'leave_service; leave' EXIT
}

# configure [LINE...]: before the tables, lines up to "--"; then those of bond0.
configure() {
    local top=()
    if [[ " $* " == *" -- "* ]]; then
        while [ "$1" != -- ]; do top+=("$1"); shift; done
        shift
    fi
    [[ "$*" == *dns* ]] || set -- "$@" 'dns = false'
    printf '%s\n' "${top[@]}" "[interface.$station]" "supplicant = \"$supplicant_conf\"" \
        '[interface.bond0]' "slaves = [\"u0\", \"$station\"]" 'primary = "u0"' 'dhcp4 = true' "$@" > $toml
}

# leave_service: nothing of it is left for the next scenario.
leave_service() {
    served timeline --json > "$dir/timeline.json" 2> /dev/null
    note log outside journalctl --no-pager -o short-precise -u bonddhcp.service -u "$supplicant_unit" -u 'dhcp4@*' -u 'slave@*' -u 'master@*'
    served stop > /dev/null 2>&1
    outside systemctl stop bonddhcp.service "$supplicant_unit" 2> /dev/null
    outside systemctl stop 'dhcp4@*' 'slave@*' 'master@*' 'supplicant@*' 2> /dev/null
    outside systemctl reset-failed 2> /dev/null
    rm -rf /run/systemd/system/bonddhcp.service.d $toml
    outside systemctl daemon-reload
    machine ip link delete u0
    flock --unlock $service_lock # also for those who inherited it
}

# served COMMAND...: a command to the daemon that is a service.
served() { outside "$BINARY" "$@"; }

# asked COMMAND...: as served, with how it ended.
asked() { served "$@"; echo "$* $?"; }

# ctl COMMAND...: systemctl, and how it ended.
ctl() { outside systemctl "$@"; echo "$* $?"; }

# served_bound: it has a lease; over Wi-Fi, with served_bound_by_radio.
served_bound() { [[ $(served status) == *"dhcp4      bound"* ]]; }
served_bound_by_radio() { [[ $(served status) == *"dhcp4      bound"*"COMPLETED on $ssid"* || $(served status) == *"COMPLETED on $ssid"*"dhcp4      bound"* ]]; }

# property NAME [UNIT]: of the service, by systemd.
property() { outside systemctl show --property "$1" --value "${2:-bonddhcp.service}"; }
has_property() { [ "$(property "$1" "${3:-}")" = "$2" ]; }

# leased: the address on bond0.
leased() { machine ip -4 -o address show bond0 | sed -n 's|.* inet \(192.0.2.[0-9]*\)/.*|\1|p'; }

unit_pid() { property MainPID "$supplicant_unit"; }
