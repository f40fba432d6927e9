# shellcheck shell=bash
# To be sourced. Nothing has to be prepared any more: the program needs no Python environment, reads
# AWS_ACCESS_KEY_ID and its companions itself, and starts an ssh agent where it needs one. The file
# stays for scripts that source it; it changes neither shell options nor variables.
:
