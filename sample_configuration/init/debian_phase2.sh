# shellcheck shell=bash disable=SC2154
# Debian's part of phase 2; sourced by phase2.sh.
export DEBIAN_FRONTEND=noninteractive

# The phase 1 image may be older than what is baked with now.
apt-get -q -y --no-install-recommends --reinstall install \
  "$discoaws_root"/asiaq/asiaq_*_"$(dpkg --print-architecture)".deb

systemctl -q enable disco-user-data.service disco-hostname.service disco-add-etc-hosts.service \
  disco-tag-instance.service disco-update-creds.service disco-add-operators.service \
  disco-associate-eip.service disco-associate-eni.service disco-ip-route.service \
  disco-booted.service disco-smoke-alarm.timer

script=$discoaws_init_path/$hostclass.sh
if [ ! -x "$script" ]; then
  echo "$script is missing or may not be executed" >&2
  exit 1
fi
"$script"
