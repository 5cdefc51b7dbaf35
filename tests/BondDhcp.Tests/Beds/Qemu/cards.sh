# Network cards: e1000, which filter by MAC as hardware does, each on a hub of its own with the network's port.

# monitor COMMAND ARGUMENTS: to QEMU's monitor, in the words of its machine protocol.
monitor() {
    local line="" port id=$SRANDOM
    exec {port}<> /dev/virtio-ports/monitor
    echo "{\"execute\":\"qmp_capabilities\"}{\"execute\":\"$1\",\"arguments\":{$2},\"id\":$id}" >&"$port"
    until [[ $line == *"\"id\": $id"* ]]; do
        IFS= read -rt "$patience" line <&"$port" || fail "the machine's monitor did not answer: $1 $2"
    done
    exec {port}>&-
    [[ $line == *'"return"'* ]] || fail "$1 $2: $line"
}

one_at_a_time() { (flock 9; "$@") 9> /run/cards.lock; }

# plug_nic SLAVE PORT MAC: a new card, plugged into that port, which is made where it is not there.
plug_nic() { one_at_a_time add_card "$@"; }

# unplug_nic SLAVE: the card is pulled out of the machine.
unplug_nic() { one_at_a_time pull_card "$1"; }

add_card() {
    local hub=$((number * 8 + ${2#pw})) mac=02:00:00:00:$(printf %02x "$number"):b${2#pw}
    if ! ip -n "$net" link show "$2" >/dev/null 2>&1; then
        new_device virtio-net-pci "$scenario$2" $hub "$mac" && move_device "$mac" "$net" "$2"
        ip -n "$net" link set "$2" master br0 up
    fi
    new_device e1000 "$scenario$1" $hub "$3" && move_device "$3" $$ "$1"
}

# new_device MODEL ID HUB MAC
new_device() {
    monitor netdev_add "\"type\":\"hubport\",\"id\":\"$2\",\"hubid\":$3"
    monitor device_add "\"driver\":\"$1\",\"id\":\"$2\",\"netdev\":\"$2\",\"mac\":\"$4\""
}

# move_device MAC NAMESPACE NAME: once the kernel has found it. NAMESPACE is a name or a process.
move_device() {
    local name
    # A card, not a radio or a veth of another scenario's with the same address.
    until_true eval "machine ip -o link | grep -q ': eth[0-9]*: .*$1'"
    name=$(machine ip -o link | sed -n "s/^[0-9]*: \(eth[0-9]*\): .*$1.*/\1/p")
    machine ip link set dev "$name" netns "$2" name "$3"
}

pull_card() {
    monitor device_del "\"id\":\"$scenario$1\""
    until_true eval "! ip link show $1"
    monitor netdev_del "\"id\":\"$scenario$1\""
}

# cards [PORT...]: as network, with w0 and w1 as cards.
cards() {
    make_network
    plug_nic w0 pw0 $A
    plug_nic w1 pw1 $B
    watch pw0 pw1
    carrier() { one_at_a_time monitor set_link "\"name\":\"$scenario${1#p}\",\"up\":$2"; } # the card's cable, not the port's
    plug() { carrier "$1" true; }
    unplug() { carrier "$1" false; }
    local port
    for port in "$@"; do unplug "$port"; done
}
