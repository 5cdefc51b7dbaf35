# Read by the first script of a bed, once its kernel is ready: the scenarios in $BED run side by side, each in namespaces of its
# own, and leave what they saw in $BED/evidence. LIMIT is in seconds, for all of them; power_off ends the machine.
readonly AT_ONCE=${AT_ONCE:-4} # more would only wait for the processors
export TZ=UTC                  # of the times of ip monitor

# Not the sockets of programs that are being ended.
keep() { find "/run/$1" -type s -delete; cp -r "/run/$1" "$BED/evidence/"; }

# What those saw that did not come to their end.
keep_unfinished() {
    for script in "$BED"/scenarios/*.sh; do
        name=$(basename "$script" .sh)
        [ ! -d "/run/$name" ] || [ -d "$BED/evidence/$name" ] || { echo "not at its end after $LIMIT s" > "/run/$name/failed"; keep "$name"; }
    done
}

( sleep "$LIMIT"; echo "init: scenarios took longer than $LIMIT s"; keep_unfinished; power_off ) &
disown # no scenario

run() {
    local began=$SECONDS
    mkdir -p "/run/$scenario"
    unshare --net --mount bash -c 'mount -t sysfs sysfs /sys; exec bash "$BED/bed.sh" "$1"' - "$1" > "/run/$scenario/script.log" 2>&1
    keep "$scenario"
    echo "init: $scenario ended after $((SECONDS - began)) s"
}

running=()
# Each scenario has a number, from 0, for what all share.
number=-1
for script in "$BED"/scenarios/*.sh; do
    [ ${#running[@]} -lt "$AT_ONCE" ] || wait -n "${running[@]}"
    number=$((number + 1))
    export number scenario=$(basename "$script" .sh)
    run "$script" &
    running=($(jobs -rp))
done
wait "${running[@]}"
echo "init: all scenarios ended"
power_off
