# shellcheck shell=bash disable=SC2154
# What the scripts of this folder share. Sourced; changes nothing by itself.

# DISCO_OS is amazon, centos, debian, ubuntu or unknown; DISCO_OS_VERSION the release ("12", "24.04").
detect_os() {
  local id='' version=''
  if [ -r /etc/os-release ]; then
    id=$(. /etc/os-release && echo "${ID:-}")
    version=$(. /etc/os-release && echo "${VERSION_ID:-}")
  fi
  case "$id" in
    amzn) DISCO_OS=amazon ;;
    centos | rhel | rocky | almalinux) DISCO_OS=centos version=${version%%.*} ;;
    debian | ubuntu) DISCO_OS=$id ;;
    *) DISCO_OS=unknown DISCO_OS_ID=$id ;;
  esac
  DISCO_OS_VERSION=$version
  export DISCO_OS DISCO_OS_VERSION
}
detect_os

# Runs the phase's script of this operating system in this shell, the most particular one there is:
# debian12_phase1.sh before debian_phase1.sh.
run_os_script() { # PHASE
  local phase=$1 script
  for script in "$DISCO_OS${DISCO_OS_VERSION//./}" "$DISCO_OS"; do
    script=$discoaws_init_path/${script}_phase$phase.sh
    if [ -e "$script" ]; then
      # shellcheck disable=SC1090
      . "$script"
      return
    fi
  done
  echo "$0: no ${DISCO_OS}_phase$phase.sh for operating system '${DISCO_OS_ID:-$DISCO_OS}'" >&2
  exit 1
}

disable_proxy() {
  unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY
}

# Installs packages by the system's package manager, without asking anything.
install_packages() { # PACKAGE...
  if command -v apt-get >/dev/null; then
    refresh_package_lists
    # Files that discoroot has put in place are kept.
    DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends \
      -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold install "$@"
  elif command -v dnf >/dev/null; then
    dnf -q -y install "$@"
  else
    yum_install "$@"
  fi
}

# Once per bake is enough: the lists are dropped before an image is made.
refresh_package_lists() {
  [ ! -e /run/asiaq-package-lists ] || return 0
  apt-get -q -o DPkg::Lock::Timeout=120 update
  : >/run/asiaq-package-lists
}

# For hostclass scripts of systems with yum: a failed download is tried again.
yum_install() { # PACKAGE...
  local attempt
  for attempt in 1 2 3; do
    yum -q -y install "$@" && return
    echo "yum install $*: attempt $attempt failed" >&2
    sleep "$attempt"
  done
  return 1
}

set_internal_repos() {
  local file
  for file in /etc/yum.repos.d/*-internal.repo; do
    [ -e "$file" ] || continue
    sed -i "s/^enabled *=.*/enabled=$1/" "$file"
  done
}

disable_internal_repos() { set_internal_repos 0; }

enable_internal_repos() { set_internal_repos 1; }

no_login_shell() {
  if [ -x /usr/sbin/nologin ]; then echo /usr/sbin/nologin; else echo /sbin/nologin; fi
}

# An account that owns files and runs services. The shell is bash or nologin.
init_system_user() { # NAME [SHELL [UID]]
  local name=$1 shell=${2:-nologin} uid=${3:-}
  case "$shell" in
    bash | /bin/bash) shell=/bin/bash ;;
    nologin | */nologin) shell=$(no_login_shell) ;;
    *) echo "init_system_user: shell of $name must be bash or nologin" >&2; return 1 ;;
  esac
  if [ -n "$uid" ] && { [ "$uid" -lt 20000 ] || [ "$uid" -gt 60000 ]; }; then
    echo "init_system_user: uid of $name must lie between 20000 and 60000" >&2
    return 1
  fi
  id "$name" >/dev/null 2>&1 ||
    useradd --create-home --gid sys --shell "$shell" ${uid:+--uid "$uid"} "$name"
}

write_authorized_keys() { # NAME LINE
  local home
  home=$(getent passwd "$1" | cut -d: -f6)
  install -d -m 700 -o "$1" -g "$(id -g "$1")" "$home/.ssh"
  printf '%s\n' "$2" >"$home/.ssh/authorized_keys"
  chown "$1:$(id -g "$1")" "$home/.ssh/authorized_keys"
  chmod 600 "$home/.ssh/authorized_keys"
}

# An account whose key runs one command, whatever the caller asks for. It may still be a hop on the way to
# another host's port 22, which is how a jump host is used, by either way of ssh (-J, -A).
init_one_command_user() { # NAME COMMAND KEY
  id "$1" >/dev/null 2>&1 || useradd --create-home --shell /bin/bash "$1"
  write_authorized_keys "$1" "restrict,port-forwarding,agent-forwarding,permitopen=\"*:22\",command=\"$2\" $3"
}

# An account for logging in by key. The password is a crypt(3) hash; empty: none.
init_shell_user() { # NAME PASSWORD KEY
  id "$1" >/dev/null 2>&1 || useradd --create-home --shell /bin/bash "$1"
  [ -z "$2" ] || printf '%s:%s\n' "$1" "$2" | chpasswd -e
  write_authorized_keys "$1" "$3"
}

# The region of this machine, from the metadata service.
get_region() {
  local imds=${AWS_EC2_METADATA_SERVICE_ENDPOINT:-http://169.254.169.254} token
  token=$(curl -sf -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$imds/latest/api/token") || return
  curl -sf -H "X-aws-ec2-metadata-token: $token" "$imds/latest/meta-data/placement/region"
}

# Lets units start only when credentials have been put into the files that they read.
start_after_credentials() { # UNIT...
  local unit
  for unit in "$@"; do
    case "$unit" in *.*) ;; *) unit=$unit.service ;; esac
    mkdir -p "/etc/systemd/system/$unit.d"
    printf '[Unit]\nWants=disco-update-creds.service\nAfter=disco-update-creds.service\n' \
      >"/etc/systemd/system/$unit.d/10-credentials.conf"
  done
}
