# What the unit bed.service runs in the QEMU machine, under systemd. The directory $BED is the host's.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C TMPDIR=/run BED=/bed
. "$BED/machine" # LIMIT, seconds for all scenarios; BINARY, the program; SHARES, further directories of the host

for share in $SHARES; do
    mkdir -p "/$share"
    mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144,ro "$share" "/$share"
done
# From memory, as an installed program would be after its first start.
[ -e /program/bonddhcp.dll ] || { mkdir /run/program && cp "$BINARY" /run/program/bonddhcp && BINARY=/run/program/bonddhcp; }
export BINARY DOTNET_ROOT=/dotnet PATIENCE=60 # an emulated processor on a busy machine

# ifupdown, which is not used here, would be asked about every device that comes.
rm -f /lib/udev/rules.d/80-ifupdown.rules && udevadm control --reload

# Three radios for each scenario: its own, and two for access points. They are all on one air.
export RADIOS_EACH=3
scripts=("$BED"/scenarios/*.sh)
modprobe -a veth bridge e1000 virtio_net
# Not the bonding driver: the first daemon that wants a bond loads it.
modprobe mac80211_hwsim radios=$((${#scripts[@]} * RADIOS_EACH))
echo "init: ready $(cut -d ' ' -f 1 /proc/uptime) s after the kernel's start"

power_off() { sync; systemctl --force --force poweroff; sleep 10; }
. "$BED/run.sh"
