#!/bin/bash
# Makes the image of $TEMPLATED_HOSTCLASS. Run as root at the end of phase 2.
set -e
. "$(dirname "$0")/common.sh"

# Install what $TEMPLATED_NAME needs here, for instance:
# install_packages nginx-light

# A host counts as tested when every line of this file succeeds.
cat >/opt/wgen/etc/smoketest.conf <<EOF
verify_init_status rsyslog 2 3 4 5
is_service_running rsyslog
EOF
