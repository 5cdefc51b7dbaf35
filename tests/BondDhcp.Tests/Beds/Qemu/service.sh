# The daemon as a service of this machine's systemd, in the namespaces systemd is in.

# Only there is the supplicant's unit known: what a scenario starts by itself finds no unit.
readonly units=/usr/local/lib/systemd/system
mkdir -p $units && mount -t tmpfs tmpfs $units

# outside COMMAND...: in systemd's own namespaces.
outside() { nsenter --target 1 --mount --net -- "$@"; }

# service: bond0 of u0, a cable, and the scenario's radio; the daemon started as a service. The cable has no carrier.
service() {
    station=wlan$((number * RADIOS_EACH)) supplicant_unit=bonddhcp-supplicant@wlan$((number * RADIOS_EACH)).service
    make_network
    machine ip link add u0 address $A type veth peer name pw0 netns "$net"
    ip -n "$net" link set pw0 master br0 up
    machine ip link set "$station" address $B
    radio 1 "$net"
    ip -n "$net" link set wlan$index name pw1 address "$AP1" up
    watch pw0 pw1
    unplug pw0
    unplug pw1
    credentials
    printf '%s\n' "[interface.$station]" "supplicant = \"$supplicant_conf\"" '[interface.bond0]' "slaves = [\"u0\", \"$station\"]" 'dhcp4 = true' 'dns = false' | config
    outside mkdir -p $units
    outside cp "$BED/units/bonddhcp-supplicant@.service" $units/
    outside tee $units/bonddhcp.service > "$dir/bonddhcp.service" <<-END
	[Service]
	Type=notify
	ExecStart=$BINARY --config $dir/bonddhcp.toml run
	RuntimeDirectory=bonddhcp
	RuntimeDirectoryPreserve=yes
	StateDirectory=bonddhcp
	Environment=DOTNET_ROOT=$DOTNET_ROOT
	END
    outside systemctl daemon-reload
}

# served COMMAND...: a command to the daemon that is a service.
served() { outside "$BINARY" "$@"; }

# served_bound: it has a lease, over Wi-Fi.
served_bound() { [[ $(served status) == *"dhcp4      bound"* && $(served status) == *"COMPLETED on $ssid"* ]]; }

unit_pid() { outside systemctl show --property MainPID --value "$supplicant_unit"; }
