#!/bin/bash
# What the key of account `smoketest` may do: ask how far this host is (0 tested, 1 booted, 2 not
# booted), or, by its address, another one.
command=${SSH_ORIGINAL_COMMAND:-$*}
case "$command" in
  '' | true) exec asiaq instance booted status ;;
esac
if [[ $command =~ ^([0-9]{1,3}\.){3}[0-9]{1,3}$ ]]; then
  exec ssh -o BatchMode=yes -o ConnectTimeout=10 -o StrictHostKeyChecking=no \
    -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR "smoketest@$command"
fi
exit 10
