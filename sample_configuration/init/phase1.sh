#!/bin/bash
# Turns a plain image into the base of all others. Run by the bake as root:
#   phase1.sh HOSTCLASS [REPOSITORY-ADDRESS [BAKE-ID]]
set -e
hostclass=$1
repo_ip=${2:-}
discoaws_init_path=$(cd "$(dirname "$0")" && pwd)
discoaws_root=$(dirname "$discoaws_init_path")
. "$discoaws_init_path/common.sh"
disable_proxy
export hostclass repo_ip discoaws_root

run_os_script 1

find /tmp -mindepth 1 -maxdepth 1 ! -name 'ssh-*' ! -name 'systemd-private-*' -exec rm -rf {} +
