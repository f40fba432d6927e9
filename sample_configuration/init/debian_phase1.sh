# shellcheck shell=bash disable=SC2154
# Debian's part of phase 1; sourced by phase1.sh.
export DEBIAN_FRONTEND=noninteractive

refresh_package_lists
apt-get -q -y upgrade
install_packages rsyslog logrotate cron rsync sudo curl ca-certificates jq netcat-openbsd

# Hosts run asiaq itself: it sets their name, tags and credentials at boot and reports their smoke test.
apt-get -q -y --no-install-recommends install \
  "$discoaws_root"/asiaq/asiaq_*_"$(dpkg --print-architecture)".deb

# The keys are those of the environment that a host boots in; see disco_keys_rotate.sh.
init_one_command_user smoketest /opt/wgen/bin/smoketest.sh '{s3cred://public_keys/ssh/smoketest.pub}'
init_shell_user disco_tester '' '{s3cred://public_keys/ssh/test.pub}'
getent group disco_operators >/dev/null || groupadd --system disco_operators

mkdir -p /opt/wgen/etc
printf '%s\n' "$hostclass" >/opt/wgen/etc/hostclass
"$discoaws_root/asiaq/bin/acfg1.py" "$discoaws_root/discoroot" /

systemctl -q enable rsyslog.service
