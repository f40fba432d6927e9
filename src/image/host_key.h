// An ssh host key made for one bake, so that a builder can be told from anybody who answers at its
// address.
#pragma once

#include <string>

namespace asiaq::image {

struct HostKey {
  std::string private_key;  ///< OpenSSH's format, with its final line break.
  std::string public_key;   ///< "ssh-ed25519 AAAA...", without comment and line break.
};

/// A new Ed25519 key, made by ssh-keygen in a private folder. Throws Error of kind "Command".
HostKey make_host_key();

/// Exists on the builder once its ssh server has been told of the key.
inline constexpr const char* host_key_mark = "/run/asiaq-host-key";

/// User data for the builder: a script that makes this key the host's. A script rather than
/// cloud-init's own form, because hosts without cloud-init run scripts too.
std::string user_data_installing(const HostKey& key);

/// The line of a known_hosts file.
std::string known_hosts_line(const std::string& address, const HostKey& key);

}  // namespace asiaq::image
