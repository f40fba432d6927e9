#!/bin/sh
# To be sourced: defines the variables of this host's user data (hostclass, environment_name, …).
if [ -r /run/disco/user-data.sh ]; then
  . /run/disco/user-data.sh
else
  eval "$(asiaq instance user-data)"
fi
