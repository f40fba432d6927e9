#!/bin/bash
# Functions for the lines of smoketest.conf. Each says on stderr what is wrong and returns non-zero.

complain() { echo "$*" >&2; return 1; }

# The service is started at boot; run levels are of the past and not looked at.
verify_init_status() { # SERVICE [LEVEL...]
  systemctl -q is-enabled "$1" 2>/dev/null || complain "$1 is not enabled at boot"
}

is_service_running() { # SERVICE
  systemctl -q is-active "$1" || complain "$1 is $(systemctl is-active "$1")"
}

# Status 200 for a page, without following redirections.
get_status() { # HOST PORT SERVICE [PAGE]
  local page=${4:-liveops/status} code
  code=$(curl -s -o /dev/null -m 10 -w '%{http_code}' "http://$1:$2/${page#/}")
  [ "$code" = 200 ] || complain "$3: http://$1:$2/${page#/} answers $code"
}

# The certificate is not looked at.
get_https_status() { # HOST PORT SERVICE [CODE]
  local code
  code=$(curl -sk -o /dev/null -m 10 -w '%{http_code}' "https://$1:$2/")
  [ "$code" = "${4:-200}" ] || complain "$3: https://$1:$2/ answers $code, not ${4:-200}"
}

# A word sent to a TCP port is answered by another.
port_answers() { # HOST PORT WORD EXPECTED
  local answer
  answer=$(
    exec 3<>"/dev/tcp/$1/$2" || exit
    printf '%s\r\n' "$3" >&3
    timeout 5 head -c "${#4}" <&3
  ) 2>/dev/null
  [ "$answer" = "$4" ] || complain "port $2 of $1 answers '$answer' to $3, not $4"
}

check_redis() { port_answers localhost "${1:-6379}" PING +PONG; }
check_zookeeper() { port_answers localhost "${1:-2181}" ruok imok; }

check_rsyslog_port() {
  ss -Hltn 'sport = :514' | grep -q . || complain 'nothing listens on TCP port 514'
}

check_ntpstat() {
  [ "$(timedatectl show -p NTPSynchronized --value)" = yes ] || complain 'the clock is not synchronised'
}

check_admin_proxy() { # ADDRESS
  curl -s -o /dev/null -m 10 -x "http://$1" http://169.254.169.254/ || complain "the proxy $1 does not answer"
}

check_dnsmasq() {
  is_service_running dnsmasq && { getent hosts localhost >/dev/null || complain 'names are not resolved'; }
}

check_rabbitmq() {
  rabbitmqctl -q status >/dev/null 2>&1 || complain 'rabbitmqctl status fails'
}

check_mongod() {
  local shell
  shell=$(command -v mongosh || command -v mongo) || complain 'no shell of mongo is installed' || return
  "$shell" --quiet --eval 'db.adminCommand("ping").ok' 2>/dev/null | grep -q 1 || complain 'mongod does not answer'
}

is_celery_running() {
  pgrep -f 'celery.*worker' >/dev/null || complain 'no celery worker runs'
}

check_celery_workers() {
  celery inspect ping -t 10 >/dev/null 2>&1 || complain 'celery workers do not answer'
}

check_root_disk_space() {
  local used
  used=$(df --output=pcent / | tr -dc '0-9')
  [ "$used" -le 98 ] || complain "the root file system is $used% full"
}
