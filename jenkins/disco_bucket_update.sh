#!/bin/bash
# Creates the S3 buckets of an account and brings their settings in line with iam/s3/ACCOUNT:
#   disco_bucket_update.sh REGION ACCOUNT
# The program of this checkout or installation comes first, then the one in PATH.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PATH="$here/../build/bin:$here/../../../bin:$PATH" exec asiaq buckets update "$@"
