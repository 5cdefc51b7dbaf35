# The first process of a user-mode Linux whose root is this machine's, read-only.
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
load 8021q
load nf_tables
load nft_limit

power_off() { sync; echo o > /proc/sysrq-trigger; sleep 10; }
. "$BED/run.sh"
