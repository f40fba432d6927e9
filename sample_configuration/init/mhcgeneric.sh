#!/bin/bash
# A host without a task of its own.
set -e
cat >/opt/wgen/etc/smoketest.conf <<EOF
verify_init_status rsyslog 2 3 4 5
is_service_running rsyslog
EOF
