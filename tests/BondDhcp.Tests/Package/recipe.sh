# The recipe that bonddhcp replaces, as a user has it: six template units and their files, all of it in use.
mkdir -p /etc/conf.d /etc/wpa_supplicant /var/lib/dhcpv6
cat > /etc/conf.d/network.conf <<'END'
bond0PRIMARY='ens16'
bond0ADDRS='198.51.100.2/24'
bond0ROUTES='"to 203.0.113.0/24 via 198.51.100.1"'
END
cat > /etc/modprobe.d/bonding.conf <<'END'
options bonding max_bonds=0 miimon=100 mode=active-backup fail_over_mac=active
END
# One DUID for both families, by hand: dhclient.conf's, and dhcp6c's file, which begins with its length.
cat > /etc/dhcp/dhclient.conf <<'END'
initial-interval 2;
reboot 5;
timeout 10;
retry 20;
send dhcp-client-identifier 00:01:00:01:2e:0a:11:22:02:00:00:00:0a:0a;
send host-name = gethostname();
request subnet-mask, broadcast-address, routers, domain-name, domain-name-servers;
END
printf '\x0e\x00\x00\x01\x00\x01\x2e\x0a\x11\x22\x02\x00\x00\x00\x0a\x0a' > /var/lib/dhcpv6/dhcp6c_duid
cat > /etc/wide-dhcpv6/dhcp6c.conf <<'END'
interface bond0 {
    send ia-na 0;
    send rapid-commit;
    request domain-name-servers;
};
id-assoc na 0 {
};
END
cat > /etc/wpa_supplicant/wpa_supplicant.conf <<'END'
ctrl_interface=DIR=/run/wpa_supplicant
ap_scan=0
network={
    key_mgmt=IEEE8021X
    eap=MD5
    identity="bed"
    password="secret"
    eapol_flags=0
}
END

cd /etc/systemd/system
cat > master@.service <<'END'
[Unit]
After=network-pre.target
Before=network.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/sbin/ip link add %i type bond
ExecStart=/sbin/ip link set dev %i up
ExecStop=/sbin/ip link delete dev %i
[Install]
WantedBy=multi-user.target
END
cat > slave@.service <<'END'
[Unit]
Requires=master@%i.service
After=master@%i.service
Before=network.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/sbin/ip link set dev %p down
ExecStart=/sbin/ip address flush dev %p
ExecStart=/sbin/ip link set dev %p master %i
ExecStart=/sbin/ip link set dev %p up
ExecStop=-/sbin/ip link set dev %p nomaster
[Install]
WantedBy=multi-user.target
END
ln slave@.service ens16@.service
ln slave@.service ens17@.service
cat > static@.service <<'END'
[Unit]
After=master@%i.service
Before=network.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/sbin/ip address add 198.51.100.2/24 dev %i
ExecStart=/sbin/ip route replace 203.0.113.0/24 via 198.51.100.1 dev %i
ExecStop=-/sbin/ip address delete 198.51.100.2/24 dev %i
[Install]
WantedBy=multi-user.target
END
cat > dhclient@.service <<'END'
[Unit]
After=network-pre.target master@%i.service
Before=network.target
[Service]
ExecStartPre=/bin/sleep 8
ExecStart=/sbin/dhclient -4 -d -cf /etc/dhcp/dhclient.conf -lf /var/lib/dhcp/dhclient.%i.leases -pf /run/dhclient.%i.pid %i
ExecStop=/sbin/dhclient -4 -r -cf /etc/dhcp/dhclient.conf -lf /var/lib/dhcp/dhclient.%i.leases -pf /run/dhclient.%i.pid %i
[Install]
WantedBy=multi-user.target
END
cat > dhcp6c@.service <<'END'
[Unit]
After=network-pre.target master@%i.service
Before=network.target
[Service]
ExecStartPre=/bin/sleep 8
ExecStart=/usr/sbin/dhcp6c -f -c /etc/wide-dhcpv6/dhcp6c.conf -p /run/dhcp6c.%i.pid %i
[Install]
WantedBy=multi-user.target
END
cat > supplicant@.service <<'END'
[Unit]
Before=network-pre.target
[Service]
ExecStart=/sbin/wpa_supplicant -D wired -i %i -c /etc/wpa_supplicant/wpa_supplicant.conf
Restart=always
[Install]
WantedBy=multi-user.target
END
units="master@bond0 ens16@bond0 ens17@bond0 static@bond0 dhclient@bond0 dhcp6c@bond0 supplicant@ens17"
systemctl enable $units
systemctl daemon-reload
systemctl start --no-block $units
