#include "image/host_key.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "base/error.h"
#include "base/process.h"
#include "base/text.h"
#include "remote/private_folder.h"
#include "remote/ssh.h"

namespace asiaq::image {

namespace {

std::string contents(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

HostKey make_host_key() {
  const remote::PrivateFolder folder;
  const std::filesystem::path file = folder.path() / "host_key";
  const ProcessResult result =
      run_process({.arguments = {"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C",
                                 "builder of asiaq", "-f", file.string()}});
  if (result.status != 0) {
    throw remote::CommandError("making a host key with ssh-keygen", "this machine",
                               {result.status, result.output});
  }
  const std::vector<std::string> parts = words(contents(file.string() + ".pub"));
  if (parts.size() < 2) throw Error("Command", "ssh-keygen made a host key that cannot be read");
  return {.private_key = contents(file), .public_key = parts[0] + " " + parts[1]};
}

std::string user_data_installing(const HostKey& key) {
  // The unit's name differs between distributions. systemctl returns when the server listens again,
  // and cannot wait for ever where this script runs before the server.
  return fmt::format(
      "#!/bin/sh\n"
      "umask 077\n"
      "cat >/etc/ssh/ssh_host_ed25519_key.new <<'END_OF_KEY'\n"
      "{}END_OF_KEY\n"
      "mv /etc/ssh/ssh_host_ed25519_key.new /etc/ssh/ssh_host_ed25519_key\n"
      "echo '{}' >/etc/ssh/ssh_host_ed25519_key.pub\n"
      "chmod 644 /etc/ssh/ssh_host_ed25519_key.pub\n"
      "command -v restorecon >/dev/null && restorecon /etc/ssh/ssh_host_ed25519_key*\n"
      "timeout 20 systemctl try-restart ssh 2>/dev/null ||\n"
      "  timeout 20 systemctl try-restart sshd 2>/dev/null ||\n"
      "  service ssh restart 2>/dev/null || service sshd restart 2>/dev/null\n"
      ": >{}\n"
      "exit 0\n",
      key.private_key, key.public_key, host_key_mark);
}

std::string known_hosts_line(const std::string& address, const HostKey& key) {
  return fmt::format("{} {}\n", address, key.public_key);
}

}  // namespace asiaq::image
