# What bed-agent.service runs: "prepare" before the network is configured, at the first boot; then whatever the test asks for, one
# script after the other. The directory /bed is the test's.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
boot=$(< /proc/sys/kernel/random/boot_id)

if [ "${1:-}" = prepare ]; then
    [ ! -e /var/lib/bed-prepared ] || exit 0
    touch /var/lib/bed-prepared
    bash -ex /bed/prepare.sh > /bed/prepare.log 2>&1
    exit
fi

ip -ts -o monitor link address route > "/bed/monitor.$boot" &
journalctl --flush
until [ -e /dev/virtio-ports/agent ]; do sleep 0.1; done
exec 3<> /dev/virtio-ports/agent
echo "ready $boot" >&3
while IFS= read -r step <&3; do
    bash -e "/bed/steps/$step.sh" > "/bed/steps/$step.out" 2>&1 < /dev/null 3>&-
    echo "done $step $?" >&3
done
