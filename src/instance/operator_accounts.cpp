#include "instance/operator_accounts.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <memory>

#include "aws/error.h"
#include "aws/s3/client.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"

namespace asiaq::instance {

namespace {

constexpr const char* groups_prefix = "accounts/groups/";
constexpr const char* users_prefix = "accounts/users/";
// shadow(5): 0 may mean "never", so an expired account expired on day 1.
constexpr const char* long_ago = "1970-01-02";

Error failure(std::string_view doing, const std::filesystem::path& path) {
  return Error("File", fmt::format("cannot {} {}: {}", doing, path.string(), std::strerror(errno)));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_;
};

void write_all(int descriptor, std::string_view text, const std::filesystem::path& path) {
  while (!text.empty()) {
    const ssize_t count = ::write(descriptor, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw failure("write", path);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

/// Works on open folders only: the user owns them and could swap a path for a link meanwhile.
void write_authorized_keys(const LocalUser& user, const std::string& lines) {
  constexpr const char* name = "authorized_keys";
  constexpr const char* new_name = ".authorized_keys.new";
  const auto folder = user.home / ".ssh";
  const Descriptor home(::open(user.home.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!home.is_open()) throw failure("open", user.home);
  if (::mkdirat(home.number(), ".ssh", 0700) != 0 && errno != EEXIST) throw failure("make", folder);
  const Descriptor ssh(
      ::openat(home.number(), ".ssh", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!ssh.is_open()) throw failure("open", folder);
  if (::fchown(ssh.number(), user.id, user.group) != 0 || ::fchmod(ssh.number(), 0700) != 0) {
    throw failure("set the owner of", folder);
  }
  ::unlinkat(ssh.number(), new_name, 0);
  const Descriptor file(
      ::openat(ssh.number(), new_name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.is_open()) throw failure("write", folder / name);
  write_all(file.number(), lines, folder / name);
  if (::fchown(file.number(), user.id, user.group) != 0 ||
      ::renameat(ssh.number(), new_name, ssh.number(), name) != 0) {
    throw failure("replace", folder / name);
  }
}

std::optional<LocalUser> user_named(const std::string& user) {
  const passwd* found = ::getpwnam(user.c_str());
  if (found == nullptr) return std::nullopt;
  return LocalUser{found->pw_uid, found->pw_gid, found->pw_dir};
}

std::optional<gid_t> group_named(const std::string& group) {
  const struct group* found = ::getgrnam(group.c_str());
  return found == nullptr ? std::nullopt : std::optional(found->gr_gid);
}

/// What would be there by now if a rehearsal were none. Ids are those asked for, or 0.
struct Imagined {
  std::map<std::string, LocalUser> users;
  std::map<std::string, gid_t> groups;

  void note(const std::vector<std::string>& arguments) {
    const auto id_behind = [&](const char* option) {
      const auto found = std::find(arguments.begin(), arguments.end(), option);
      if (found == arguments.end() || found + 1 == arguments.end()) return 0U;
      return static_cast<unsigned>(parse_integer(*(found + 1)).value_or(0));
    };
    const std::string& program = arguments.front();
    const std::string& name = arguments.back();
    if (program == "groupadd") groups[name] = id_behind("--gid");
    if (program == "useradd")
      users[name] = {id_behind("--uid"), id_behind("--gid"), "/home/" + name};
  }
};

template <class Value>
std::optional<Value> value_of(const std::map<std::string, Value>& values, const std::string& name) {
  const auto found = values.find(name);
  return found == values.end() ? std::nullopt : std::optional(found->second);
}

void replace_keys(Hands& hands, const LocalUser& user, const std::string& lines) {
  const auto file = user.home / ".ssh" / "authorized_keys";
  hands.carry_out({.verb = plan::Verb::update,
                   .resource = {.kind = "file", .name = file.string(), .id = {}},
                   .details = {fmt::format("{} keys", split(lines, '\n').size() - 1)},
                   .carry_out = [user, lines] { write_authorized_keys(user, lines); },
                   .after = {}});
}

void install_group(const OperatorGroup& group, const AccountSystem& system) {
  const auto known = system.find_group(group.name);
  if (!known) {
    system.run({"groupadd", "--gid", std::to_string(group.id), "--", group.name}, "");
  } else if (*known < lowest_operator_id) {
    throw Error("Host", "the system has a group of its own of that name");
  } else if (*known != static_cast<gid_t>(group.id)) {
    system.run({"groupmod", "--gid", std::to_string(group.id), "--", group.name}, "");
  }
}

void make_supplementary_groups(const OperatorUser& user, const AccountSystem& system) {
  if (!user.groups) return;
  for (const std::string& group : *user.groups) {
    if (!system.find_group(group)) system.run({"groupadd", "--system", "--", group}, "");
  }
}

void install_user(const OperatorUser& user, const AccountSystem& system) {
  const auto known = system.find_user(user.name);
  if (known && known->id < lowest_operator_id) {
    throw Error("Host", "the system has an account of its own of that name");
  }
  const auto primary = system.find_group(user.name);
  if (!primary) throw Error("Host", "there is no group of the same name");
  make_supplementary_groups(user, system);

  std::vector<std::string> arguments = {known ? "usermod" : "useradd"};
  const auto add = [&arguments](const char* option, const std::string& value) {
    arguments.insert(arguments.end(), {option, value});
  };
  if (!known) arguments.emplace_back("--create-home");
  add("--uid", std::to_string(user.id));
  add("--gid", std::to_string(*primary));
  add("--expiredate", user.active ? "" : long_ago);
  if (user.home) add("--home", *user.home);
  if (user.shell) add("--shell", *user.shell);
  if (user.groups) add("--groups", join(*user.groups, ","));
  arguments.insert(arguments.end(), {"--", user.name});
  system.run(arguments, "");
  if (user.password_hash)
    system.run({"chpasswd", "-e"}, user.name + ':' + *user.password_hash + '\n');

  const auto made = system.find_user(user.name);
  if (!made) throw Error("Host", "the account was not made");
  system.write_keys(*made, authorized_keys(user));
}

/// Calls `read` with the name and the text of every object below the prefix.
template <class Read>
void for_each_object(const aws::s3::Client& s3, const std::string& bucket,
                     const std::string& prefix, const Read& read) {
  for (const auto& object : s3.list_objects_v2_all({.bucket = bucket, .prefix = prefix})) {
    const std::string key = object.key.value_or("");
    const std::string name = key.substr(std::min(prefix.size(), key.size()));
    if (name.empty() || name.back() == '/') continue;
    try {
      read(name, s3.get_object({.bucket = bucket, .key = key}).body);
    } catch (const ConfigError& error) {
      log::info("{} of {} is unavailable: {}", key, bucket, error.what());
    } catch (const aws::ServiceError& error) {
      log::info("{} of {} is unavailable: {}", key, bucket, error.what());
    }
  }
}

OperatorAccounts accounts_of(const aws::s3::Client& s3, const std::string& bucket) {
  OperatorAccounts accounts;
  for_each_object(s3, bucket, groups_prefix, [&](const std::string& name, const std::string& text) {
    accounts.groups.push_back(parse_operator_group(name, text));
  });
  for_each_object(s3, bucket, users_prefix, [&](const std::string& name, const std::string& text) {
    accounts.users.push_back(parse_operator_user(name, text));
  });
  return accounts;
}

}  // namespace

AccountSystem account_system(Hands& hands) {
  const auto imagined = std::make_shared<Imagined>();
  return {
      .find_user =
          [imagined](const std::string& user) {
            const auto found = user_named(user);
            return found ? found : value_of(imagined->users, user);
          },
      .find_group =
          [imagined](const std::string& group) {
            const auto found = group_named(group);
            return found ? found : value_of(imagined->groups, group);
          },
      .run =
          [imagined, &hands](const std::vector<std::string>& arguments, const std::string& input) {
            run_program(hands, arguments, input);
            if (hands.rehearses()) imagined->note(arguments);
          },
      .write_keys = [&hands](const LocalUser& user,
                             const std::string& lines) { replace_keys(hands, user, lines); },
  };
}

int install_accounts(const OperatorAccounts& accounts, const AccountSystem& system) {
  int failed = 0;
  const auto attempt = [&failed](const char* what, const std::string& name, const auto& action) {
    try {
      action();
    } catch (const Error& error) {
      log::error("{} {}: {}", what, name, error.what());
      ++failed;
    }
  };
  for (const OperatorGroup& group : accounts.groups) {
    attempt("group", group.name, [&] { install_group(group, system); });
  }
  for (const OperatorUser& user : accounts.users) {
    attempt("user", user.name, [&] { install_user(user, system); });
  }
  return failed;
}

int add_operators(ThisHost& host) {
  const aws::s3::Client s3(host.session());
  std::vector<OperatorAccounts> all;
  int failed = 0;
  for (const std::string& bucket : host.user_data().list("credential_buckets")) {
    try {
      all.push_back(accounts_of(s3, bucket));
    } catch (const aws::ServiceError& error) {
      if (error.http_status() == 404) {
        log::warning("there is no bucket {}", bucket);
        continue;
      }
      log::error("accounts of {}: {}", bucket, error.what());
      ++failed;
    }
  }
  return failed + install_accounts(merged(all), account_system(host.hands()));
}

}  // namespace asiaq::instance
