#!/bin/sh
# Runs the smoke test once: 0, or the number of the first command that fails.
exec asiaq instance smoketest
