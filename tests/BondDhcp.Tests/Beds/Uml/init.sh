# The first process of a user-mode Linux whose root is this machine's, read-only. The scenarios in $BED run side by side, each in
# namespaces of its own, and leave what they saw in directories there; then the machine powers off.
# On the kernel's command line: BED, the directory; LIMIT, seconds for all scenarios; BINARY, the program.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C TMPDIR=/run

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /run
ln -s /proc/self/fd /dev/fd
mount -t hostfs none "$BED" -o "$BED"
modules=/usr/lib/uml/modules/$(uname -r)

# load MODULE [PARAMETER...]: after what it depends on. insmod says so when one is there already, which is no error.
load() {
    local path dependencies
    IFS=: read -r path dependencies < <(grep "/$1\.ko:" "$modules/modules.dep")
    for dependency in $dependencies; do load "$(basename "$dependency" .ko)"; done
    busybox insmod "$modules/$path" "${@:2}" 2>/dev/null
    [ -d "/sys/module/${1//-/_}" ] || echo "init: no module $1"
}
load ipv6
load veth
load bridge
load bonding max_bonds=0

power_off() { sync; echo o > /proc/sysrq-trigger; sleep 10; }
( sleep "$LIMIT"; echo "init: scenarios took longer than $LIMIT s"; power_off ) &
disown # no scenario

# More at once would only wait for the one processor.
readonly at_once=4
run() {
    mkdir -p "/run/$scenario"
    unshare --net bash "$BED/bed.sh" "$1" > "/run/$scenario/script.log" 2>&1
    cp -r "/run/$scenario" "$BED/evidence/"
}
running=()
for script in "$BED"/scenarios/*.sh; do
    [ ${#running[@]} -lt $at_once ] || wait -n "${running[@]}"
    export scenario=$(basename "$script" .sh)
    run "$script" &
    running=($(jobs -rp))
done
wait "${running[@]}"
echo "init: all scenarios ended"
power_off
