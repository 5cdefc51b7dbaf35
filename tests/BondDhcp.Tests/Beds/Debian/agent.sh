# What bed-agent.service runs: "prepare" before the network is configured, at the first boot; then whatever the test asks for, one
# script after the other. The directory /bed is the test's. It does not live through a sleep of the machine, so that nothing here
# keeps it in use: a script may take it away and bring it back.
[ "$0" = /run/agent.sh ] || { cp "$0" /run/agent.sh && cd / && exec bash /run/agent.sh "$@"; }
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
boot=$(< /proc/sys/kernel/random/boot_id)

if [ "${1:-}" = prepare ]; then
    [ ! -e /var/lib/bed-prepared ] || exit 0
    touch /var/lib/bed-prepared
    bash -ex /bed/prepare.sh > /bed/prepare.log 2>&1
    exit
fi

until [ -e /dev/virtio-ports/agent ] && [ -e /dev/virtio-ports/events ]; do sleep 0.1; done
ip -ts -o monitor link address route > /dev/virtio-ports/events &
journalctl --flush
exec 3<> /dev/virtio-ports/agent
echo "ready $boot" >&3
while IFS= read -r step <&3; do
    cp "/bed/steps/$step.sh" /run/step.sh
    bash -e /run/step.sh > /run/step.out 2>&1 < /dev/null 3>&-
    result=$?
    cp /run/step.out "/bed/steps/$step.out"
    echo "done $step $result" >&3
done
