#include "instance/operators.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/error.h"
#include "base/text.h"
#include "config/ini.h"

namespace asiaq::instance {

namespace {

constexpr std::string_view key_template = "Insert SSH key";

void check_name(const std::string& name, std::string_view what) {
  const auto good = [](char c, bool first) {
    const auto u = static_cast<unsigned char>(c);
    return c == '_' || std::isalpha(u) != 0 ||
           (!first && (std::isdigit(u) != 0 || c == '.' || c == '-'));
  };
  bool valid = !name.empty() && name.size() <= 32;
  for (std::size_t i = 0; valid && i < name.size(); ++i) valid = good(name[i], i == 0);
  if (!valid) throw ConfigError(fmt::format("'{}' cannot be the name of a {}", name, what));
}

long id_of(const config::Ini& ini, const std::string& section) {
  const auto id = parse_integer(ini.require(section, "id"));
  if (!id || *id < lowest_operator_id || *id > 0x7ffffffe) {
    throw ConfigError(fmt::format("{}: id must be an integer of at least {}",
                                  ini.location(section, "id"), lowest_operator_id));
  }
  return static_cast<long>(*id);
}

std::optional<std::string> single_line(const config::Ini& ini, const std::string& option) {
  auto value = ini.get("user", option);
  if (!value || value->empty()) return std::nullopt;
  if (value->find_first_of(":\r\n") != std::string::npos) {
    throw ConfigError(
        fmt::format("{}: {} holds a colon or a line break", ini.location("user", option), option));
  }
  return value;
}

std::vector<std::string> keys_of(const config::Ini& ini) {
  std::vector<std::string> keys;
  for (const std::string& option : ini.options("user")) {
    if (option.rfind("ssh_key", 0) != 0) continue;
    std::string key(trimmed(ini.get("user", option).value_or("")));
    std::replace_if(
        key.begin(), key.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    if (!key.empty() && key != key_template) keys.push_back(key);
  }
  return keys;
}

template <class Account>
Account* find_named(std::vector<Account>& accounts, const std::string& name) {
  const auto found = std::find_if(accounts.begin(), accounts.end(),
                                  [&](const Account& account) { return account.name == name; });
  return found == accounts.end() ? nullptr : &*found;
}

template <class Value>
void override_with(std::optional<Value>& value, const std::optional<Value>& later) {
  if (later) value = later;
}

void override_with(OperatorUser& user, const OperatorUser& later) {
  user.id = later.id;
  user.active = later.active;
  override_with(user.password_hash, later.password_hash);
  override_with(user.shell, later.shell);
  override_with(user.home, later.home);
  override_with(user.groups, later.groups);
  for (const std::string& key : later.ssh_keys) {
    if (std::find(user.ssh_keys.begin(), user.ssh_keys.end(), key) == user.ssh_keys.end()) {
      user.ssh_keys.push_back(key);
    }
  }
}

}  // namespace

OperatorGroup parse_operator_group(const std::string& name, std::string_view text) {
  check_name(name, "group");
  const auto ini = config::Ini::parse(text, "accounts/groups/" + name);
  return {.name = name, .id = id_of(ini, "group")};
}

OperatorUser parse_operator_user(const std::string& name, std::string_view text) {
  check_name(name, "user");
  const auto ini = config::Ini::parse(text, "accounts/users/" + name);
  OperatorUser user{.name = name, .id = id_of(ini, "user")};
  user.password_hash = single_line(ini, "password");
  user.shell = single_line(ini, "shell");
  user.home = single_line(ini, "home");
  if (const auto groups = ini.get("user", "groups")) user.groups = words(*groups, ", \t\r\n");
  const auto active = ini.get("user", "active");
  user.active = !active || is_truthy(*active);
  user.ssh_keys = keys_of(ini);
  return user;
}

OperatorAccounts merged(const std::vector<OperatorAccounts>& buckets) {
  OperatorAccounts all;
  for (const OperatorAccounts& bucket : buckets) {
    for (const OperatorGroup& group : bucket.groups) {
      if (OperatorGroup* known = find_named(all.groups, group.name)) {
        known->id = group.id;
      } else {
        all.groups.push_back(group);
      }
    }
    for (const OperatorUser& user : bucket.users) {
      if (OperatorUser* known = find_named(all.users, user.name)) {
        override_with(*known, user);
      } else {
        all.users.push_back(user);
      }
    }
  }
  return all;
}

std::string authorized_keys(const OperatorUser& user) {
  std::string lines;
  if (!user.active) return lines;
  for (const std::string& key : user.ssh_keys) lines += key + '\n';
  return lines;
}

}  // namespace asiaq::instance
