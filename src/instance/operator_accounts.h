// Makes the accounts of a host what the credential buckets say.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "instance/operators.h"
#include "instance/this_host.h"

namespace asiaq::instance {

/// An account that the host has.
struct LocalUser {
  uid_t id = 0;
  gid_t group = 0;
  std::filesystem::path home;
};

/// Looks accounts up and runs the system's own programs; injected for tests.
struct AccountSystem {
  std::function<std::optional<LocalUser>(const std::string& user)> find_user;
  std::function<std::optional<gid_t>(const std::string& group)> find_group;
  /// Throws Error if the program fails. Secrets are given as its input, never as arguments.
  std::function<void(const std::vector<std::string>& arguments, const std::string& input)> run;
  /// Replaces ~/.ssh/authorized_keys without following links that the user may have made.
  std::function<void(const LocalUser& user, const std::string& lines)> write_keys;
};

/// Of this host, changed with `hands`, which must outlive it. What rehearsing hands would have made
/// counts as there.
AccountSystem account_system(Hands& hands);

/// Groups first, then users: makes or changes each, opens or expires it, and writes its keys. An
/// account of the system (id below 1000) is never touched. What goes wrong with one is logged and
/// the others are done; returns how many failed.
int install_accounts(const OperatorAccounts& accounts, const AccountSystem& system);

/// Reads the accounts of all buckets of the user data (a bad object is logged and left out) and
/// installs them. Returns how many accounts failed.
int add_operators(ThisHost& host);

}  // namespace asiaq::instance
