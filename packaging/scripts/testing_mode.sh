#!/bin/sh
# Takes this host out of testing (off) or back into it (on); deployments call it by sudo.
exec asiaq instance testing-mode "$@"
