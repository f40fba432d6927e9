#!/bin/bash
# Makes new ssh keys for an environment and says which other keys a person must set:
#   disco_keys_rotate.sh REGION ENV
# The program of this checkout or installation comes first, then the one in PATH.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PATH="$here/../build/bin:$here/../../../bin:$PATH" exec asiaq keys rotate "$@"
