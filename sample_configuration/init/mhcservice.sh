#!/bin/bash
# A small HTTP service on port 8080 that says which host answers.
set -e
. "$(dirname "$0")/common.sh"

install_packages lighttpd
rm -f /var/www/html/index.lighttpd.html
systemctl -q enable service-page.service lighttpd.service

cat >/opt/wgen/etc/smoketest.conf <<EOF
verify_init_status lighttpd 2 3 4 5
is_service_running lighttpd
get_status localhost 8080 lighttpd /
curl -fsS http://localhost:8080/ | grep -q "^mhcservice \$(hostname)\$"
EOF
