#include "image/builder_host.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "base/process.h"
#include "base/text.h"
#include "image/host_key.h"

namespace asiaq::image {

namespace {

constexpr int failure_of_ssh = 255;

/// Arguments: the account whose keys root gets; a file to wait for, with which the host's ssh
/// server is no longer about to be told of its key.
constexpr const char* open_root_access_script = R"(set -eu
login=$1 mark=$2 waited=0
until [ -e "$mark" ] || [ $waited -ge 100 ]; do
  sleep 0.3 || sleep 1
  waited=$((waited + 1))
done
notes=/run/asiaq-bake
mkdir -p -m 0700 $notes
home=$(getent passwd "$login" | cut -d: -f6)
imds=http://169.254.169.254/latest
token=$(curl -sf -m 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' $imds/api/token) || token=
curl -sf -m 5 -H "X-aws-ec2-metadata-token: $token" $imds/meta-data/public-keys/0/openssh-key \
  2>/dev/null | cut -d' ' -f2 >$notes/launch_key || :
[ -s $notes/launch_key ] || tail -n 1 "$home/.ssh/authorized_keys" |
  sed 's/.*\(AAAA[A-Za-z0-9+\/=]*\).*/\1/' >$notes/launch_key
[ "$login" != root ] || exit 0
mkdir -p -m 0700 /root/.ssh
cat "$home/.ssh/authorized_keys" >/root/.ssh/authorized_keys
chmod 600 /root/.ssh/authorized_keys
config=/etc/ssh/sshd_config
if grep -Eqi '^[[:space:]]*Include[[:space:]].*/etc/ssh/sshd_config\.d/' $config; then
  echo 'PermitRootLogin prohibit-password' >/etc/ssh/sshd_config.d/00-asiaq-bake.conf
else
  sed -i '1i # asiaq-bake\nPermitRootLogin prohibit-password' $config
fi
# Restarted, not reloaded: systemctl then returns when the server listens again.
systemctl restart ssh 2>/dev/null || systemctl restart sshd 2>/dev/null ||
  service ssh restart 2>/dev/null || service sshd restart
)";

/// Arguments: login user, data folder, yes or no for root's login.
constexpr const char* clean_up_script = R"(set -u
login=$1 folder=$2 root_login=$3
notes=/run/asiaq-bake
if [ -s $notes/launch_key ]; then
  keys=$(getent passwd "$login" | cut -d: -f6)/.ssh/authorized_keys
  if [ "$login" != root ] && [ -f "$keys" ]; then
    grep -vF -f $notes/launch_key "$keys" >$notes/kept
    cat $notes/kept >"$keys"
  fi
fi
# Hosts of the image read these; the rest of the configuration is the builders' business.
for entry in "$folder"/* "$folder"/.[!.]*; do
  case ${entry##*/} in asiaq | init | disco_aws.ini) ;; *) rm -rf "$entry" ;; esac
done
config=/etc/ssh/sshd_config
rm -f /etc/ssh/sshd_config.d/00-asiaq-bake.conf
sed -i '/^# asiaq-bake$/,+1d; /^# asiaq-root-login$/,+1d' $config
if [ "$root_login" = yes ]; then permit=prohibit-password; else permit=no; fi
if grep -Eqi '^[[:space:]]*Include[[:space:]].*/etc/ssh/sshd_config\.d/' $config; then
  echo "PermitRootLogin $permit" >/etc/ssh/sshd_config.d/01-asiaq-root-login.conf
else
  sed -i "1i # asiaq-root-login\nPermitRootLogin $permit" $config
fi
if [ -d /etc/cloud/cloud.cfg.d ]; then
  if [ "$root_login" = yes ]; then
    echo 'disable_root: false' >/etc/cloud/cloud.cfg.d/99-asiaq-root-login.cfg
  else
    rm -f /etc/cloud/cloud.cfg.d/99-asiaq-root-login.cfg
  fi
fi
if command -v cloud-init >/dev/null; then
  cloud-init clean --logs >/dev/null 2>&1 || rm -rf /var/lib/cloud/instance /var/lib/cloud/instances
fi
if [ -e /etc/machine-id ]; then : >/etc/machine-id; fi
[ -L /var/lib/dbus/machine-id ] || rm -f /var/lib/dbus/machine-id
rm -rf /var/lib/dhcp/*.leases /var/lib/dhclient/* /var/lib/NetworkManager/*.lease \
  /var/lib/systemd/random-seed /root/.bash_history /home/*/.bash_history \
  /var/log/journal/* $notes
if command -v apt-get >/dev/null; then
  apt-get clean
  rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin
elif command -v dnf >/dev/null; then
  dnf -q clean all
elif command -v yum >/dev/null; then
  yum -q clean all
fi
exit 0
)";

}  // namespace

std::vector<std::string> login_candidates(const std::optional<std::string>& preferred) {
  std::vector<std::string> users = {"root",   "ec2-user", "ubuntu", "admin",
                                    "centos", "rocky",    "fedora", "debian"};
  if (preferred && !preferred->empty()) {
    std::erase(users, *preferred);
    users.insert(users.begin(), *preferred);
  }
  return users;
}

std::string login_question() { return "id -u; sudo -n id -u"; }

std::optional<Login> login_from(const std::string& user, const remote::RemoteResult& answer) {
  std::vector<std::string> lines;
  for (const std::string& line : split(answer.output, '\n')) lines.emplace_back(trimmed(line));
  const auto number = std::find_if(lines.begin(), lines.end(), [](const std::string& line) {
    return parse_integer(line).has_value();
  });
  if (number == lines.end()) return std::nullopt;
  if (*number == "0") return Login{user, Login::Power::root};
  if (std::find(number + 1, lines.end(), "0") == lines.end()) return std::nullopt;
  return Login{user, Login::Power::sudo};
}

LoginSearch search_login(const remote::Ssh& ssh, const remote::Route& route,
                         const std::vector<std::string>& candidates) {
  LoginSearch search;
  for (const std::string& user : candidates) {
    const remote::RemoteResult answer = ssh.run(route, user, {.text = login_question()});
    search.login = login_from(user, answer);
    if (search.login) return search;
    search.reason = trimmed(answer.output);
    log::debug("{} cannot become root on {}: {}", user, route.address, search.reason);
    // Without an answer to this one there is none to the others.
    if (answer.status == failure_of_ssh &&
        search.reason.find("Permission denied") == std::string::npos) {
      return search;
    }
  }
  return search;
}

void open_root_access(const remote::Ssh& ssh, const remote::Route& route, const Login& login) {
  const std::string shell = login.power == Login::Power::root ? "sh" : "sudo -n sh";
  const remote::RemoteResult result =
      ssh.run(route, login.user,
              {.text = fmt::format("{} -s {} {}", shell, shell_quoted(login.user), host_key_mark),
               .standard_input = open_root_access_script});
  if (result.status != 0) {
    throw remote::CommandError("letting root in by ssh", route.address, result);
  }
}

void clean_up_and_shut_down(const remote::Ssh& ssh, const remote::Route& route,
                            const CleanUp& clean_up) {
  const bool by_key = clean_up.root_login == CleanUp::RootLogin::by_key;
  const remote::RemoteResult cleaned =
      ssh.run(route, root_account,
              {.text = "sh -s " +
                       shell_quoted(std::vector<std::string>{
                           clean_up.login_user, clean_up.data_destination, by_key ? "yes" : "no"}),
               .standard_input = clean_up_script});
  if (cleaned.status != 0) {
    throw remote::CommandError("cleaning up before imaging", route.address, cleaned);
  }
  // In one go, because after it nobody can log in any more. The connection breaks with the host.
  const remote::RemoteResult end = ssh.run(
      route, root_account,
      {.text = "rm -f /root/.ssh/authorized_keys /etc/ssh/ssh_host_* && sync && shutdown -h now",
       .timeout = Seconds(60)});
  if (end.status != 0 && end.status != failure_of_ssh) {
    throw remote::CommandError("shutting down", route.address, end);
  }
}

}  // namespace asiaq::image
