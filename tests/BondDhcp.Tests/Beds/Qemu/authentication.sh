# 802.1X on a wire.

# port_authentication PORT PASSWORD: asks who is there; nothing is held back at the port itself.
port_authentication() {
    [ -z "${authenticator:-}" ] || { kill "$authenticator"; wait "$authenticator"; }
    echo "\"bed\" MD5 \"$2\"" > "$dir/eap_users"
    printf '%s\n' "interface=$1" driver=wired ieee8021x=1 eap_server=1 "eap_user_file=$dir/eap_users" use_pae_group_addr=1 > "$dir/$1.conf"
    in_net hostapd -t "$dir/$1.conf" > "$dir/ap-$1.log" 2>&1 &
    authenticator=$!
    until_true says "ap-$1.log" AP-ENABLED
}

# wired_credentials PASSWORD: what wpa_supplicant is told, in $supplicant_conf.
wired_credentials() {
    cat > "$supplicant_conf" <<-END
	ctrl_interface=$control
	ap_scan=0
	network={
	    key_mgmt=IEEE8021X
	    eap=MD5
	    identity="bed"
	    password="$1"
	    eapol_flags=0
	}
	END
}
