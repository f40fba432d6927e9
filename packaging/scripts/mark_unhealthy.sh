#!/bin/sh
# Tells auto scaling, and the log, that this host should be replaced: mark_unhealthy.sh REASON
exec asiaq instance mark-unhealthy --reason "$*"
