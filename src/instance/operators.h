// Operators' accounts as the credential buckets describe them, and what they should be on a host.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace asiaq::instance {

/// Of users and groups; lower ones are the system's.
constexpr long lowest_operator_id = 1000;

/// `accounts/groups/<name>`: section [group].
struct OperatorGroup {
  std::string name;
  long id = 0;
};

/// `accounts/users/<name>`: section [user]. What is unset is left to the system.
struct OperatorUser {
  std::string name;
  long id = 0;
  std::optional<std::string> password_hash;  ///< crypt(3)
  std::optional<std::string> shell;
  std::optional<std::string> home;
  std::optional<std::vector<std::string>> groups;  ///< Supplementary ones.
  bool active = true;
  std::vector<std::string> ssh_keys;
};

/// One bucket's accounts.
struct OperatorAccounts {
  std::vector<OperatorGroup> groups;
  std::vector<OperatorUser> users;
};

/// Throw ConfigError naming the account: not INI, no integer id of at least 1000, a name that is
/// not `[A-Za-z_][A-Za-z0-9_.-]*`, a hash that is none.
OperatorGroup parse_operator_group(const std::string& name, std::string_view text);
OperatorUser parse_operator_user(const std::string& name, std::string_view text);

/// The accounts of several buckets, in their order: a later bucket overrides fields, keys add up.
/// An account is inactive if the last bucket that knows it says so.
OperatorAccounts merged(const std::vector<OperatorAccounts>& buckets);

/// The lines of authorized_keys; nothing for an inactive user. Line breaks in keys become blanks.
std::string authorized_keys(const OperatorUser& user);

}  // namespace asiaq::instance
