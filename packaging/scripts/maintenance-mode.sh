#!/bin/bash
# Takes this host out of service and back: maintenance-mode.sh on|off|pause|resume|help
set -euo pipefail
MAINTENANCE_FILE=/opt/wgen/maintenance/maintenance
[ ! -r /etc/disco-boot.conf ] || . /etc/disco-boot.conf
services=(httpd apache2 celeryd)

usage() {
  cat <<'EOF'
on      pause, and stop web server and workers
off     start them again, and resume
pause   the smoke alarm looks away for a while
resume  it looks again
EOF
}

each_service() { # ACTION
  local service
  for service in "${services[@]}"; do
    ! systemctl -q is-enabled "$service" 2>/dev/null || systemctl "$1" "$service"
  done
}

pause() {
  mkdir -p "$(dirname "$MAINTENANCE_FILE")"
  date -u +%Y-%m-%dT%H:%M:%SZ >"$MAINTENANCE_FILE"
}

case "${1:-}" in
  pause) pause ;;
  on) pause && each_service stop ;;
  off) each_service restart && rm -f "$MAINTENANCE_FILE" ;;
  resume) rm -f "$MAINTENANCE_FILE" ;;
  help) usage ;;
  *) usage >&2; exit 1 ;;
esac
