#!/bin/bash
# The web front: passes requests on to whatever hosts of mhcservice there are.
set -e
. "$(dirname "$0")/common.sh"

# No host of the service is known yet: nginx starts all the same, and says so to whoever asks.
/opt/wgen/bin/web-upstream.sh --none
install_packages nginx-light
rm -f /etc/nginx/sites-enabled/default
systemctl -q enable web-upstream.timer nginx.service

# Passed only when the front answers with what the service says.
cat >/opt/wgen/etc/smoketest.conf <<EOF
verify_init_status nginx 2 3 4 5
is_service_running nginx
get_status localhost 80 nginx /
curl -fsS http://localhost/ | grep -q '^mhcservice service-i-'
EOF
