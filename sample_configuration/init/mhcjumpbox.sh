#!/bin/bash
# The jump box: the way in for operators, with what they like to find there.
set -e
. "$(dirname "$0")/common.sh"

install_packages tmux mtr-tiny

# An ssh server that only listens would not do: it has to introduce itself with a host key.
cat >/opt/wgen/etc/smoketest.conf <<EOF
verify_init_status ssh 2 3 4 5
is_service_running ssh
ssh-keyscan -T 2 -t ed25519 127.0.0.1 2>/dev/null | grep -q ssh-ed25519
check_root_disk_space
EOF
