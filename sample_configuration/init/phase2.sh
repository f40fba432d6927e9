#!/bin/bash
# Turns the base image into one of a hostclass. Run by the bake as root:
#   phase2.sh HOSTCLASS [REPOSITORY-ADDRESS [BAKE-ID]]
set -e
hostclass=$1
repo_ip=${2:-}
discoaws_init_path=$(cd "$(dirname "$0")" && pwd)
discoaws_root=$(dirname "$discoaws_init_path")
. "$discoaws_init_path/common.sh"
disable_proxy

mkdir -p /opt/wgen/etc
printf '%s\n' "$hostclass" >/opt/wgen/etc/hostclass

HAS_REPO=
if [ -n "$repo_ip" ] && ping -q -c 1 -W 5 "$repo_ip" >/dev/null; then
  printf '%s repo\n' "$repo_ip" >>/etc/hosts
  HAS_REPO=1
fi
export hostclass repo_ip discoaws_root HAS_REPO

"$discoaws_root/asiaq/bin/acfg1.py" "$discoaws_root/discoroot" /

run_os_script 2

if [ -n "$HAS_REPO" ]; then
  # Replaced by its new content, not by a new file: /etc/hosts may be a mount.
  without_repo=$(grep -v ' repo$' /etc/hosts)
  printf '%s\n' "$without_repo" >/etc/hosts
fi
find /tmp -mindepth 1 -maxdepth 1 ! -name 'ssh-*' ! -name 'systemd-private-*' -exec rm -rf {} +
