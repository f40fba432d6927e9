#include "instance/acfg.h"

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
#include <system_error>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/log.h"
#include "base/process.h"
#include "base/text.h"

namespace asiaq::instance::acfg {

namespace fs = std::filesystem;

namespace {

constexpr const char* metadata_name = "acfg.metadata";
constexpr const char* hostclass_file = "opt/wgen/etc/hostclass";

Error file_error(std::string_view doing, const fs::path& path, int number) {
  return Error("File",
               fmt::format("cannot {} {}: {}", doing, path.string(), std::strerror(number)));
}

/// The path below the destination, whether written absolute or relative; nothing if it leaves it.
std::optional<fs::path> below_destination(std::string_view text) {
  const fs::path path = fs::path(text).relative_path().lexically_normal();
  if (!path.empty() && *path.begin() == "..") return std::nullopt;
  return path.has_filename() ? path : path.parent_path();
}

std::optional<mode_t> parse_mode(std::string_view text) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  mode_t mode = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '7') return std::nullopt;
    mode = mode * 8U + static_cast<mode_t>(digit - '0');
  }
  return mode;
}

/// 0 is the best; nothing if the host is of none of that hostclass.
std::optional<std::size_t> rank(const std::vector<std::string>& hostclasses,
                                const std::optional<std::string>& hostclass) {
  if (!hostclass) return hostclasses.size();
  const auto found = std::find(hostclasses.begin(), hostclasses.end(), *hostclass);
  if (found == hostclasses.end()) return std::nullopt;
  return static_cast<std::size_t>(found - hostclasses.begin());
}

std::vector<fs::directory_entry> sorted_entries(const fs::path& directory) {
  std::vector<fs::directory_entry> entries;
  for (const auto& entry : fs::directory_iterator(directory)) entries.push_back(entry);
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.path().filename() < b.path().filename(); });
  return entries;
}

class Planner {
 public:
  explicit Planner(const std::vector<std::string>& hostclasses) : hostclasses_(hostclasses) {}

  void add_directory(const fs::path& source, const fs::path& target) {
    const auto entries = sorted_entries(source);
    std::map<std::string, std::size_t> best;
    for (const auto& entry : entries) {
      if (is_directory(entry)) continue;
      const auto [base, hostclass] = split_name(entry.path().filename().string());
      const auto here = rank(hostclasses_, hostclass);
      if (!here) continue;
      const auto [known, added] = best.try_emplace(base, *here);
      if (!added) known->second = std::min(known->second, *here);
    }
    for (const auto& entry : entries) add(entry, target, best);
  }

  std::vector<Action> take() && { return std::move(actions_); }

 private:
  static bool is_directory(const fs::directory_entry& entry) {
    return !entry.is_symlink() && entry.is_directory();
  }

  void add(const fs::directory_entry& entry, const fs::path& target,
           const std::map<std::string, std::size_t>& best) {
    const std::string name = entry.path().filename().string();
    if (is_directory(entry)) {
      actions_.push_back({Action::Kind::directory, entry.path(), target / name, {}});
      add_directory(entry.path(), target / name);
      return;
    }
    if (target.empty() && name == metadata_name) return;
    const auto [base, hostclass] = split_name(name);
    const auto here = rank(hostclasses_, hostclass);
    if (!here) {
      skip(entry, target / base, fmt::format("for hostclass {}", *hostclass));
    } else if (best.at(base) != *here) {
      skip(entry, target / base, "another file of that name is for this hostclass");
    } else if (entry.is_regular_file()) {
      actions_.push_back({Action::Kind::file, entry.path(), target / base, {}});
    } else if (entry.is_symlink()) {
      actions_.push_back({Action::Kind::link, entry.path(), target / base, {}});
    } else {
      skip(entry, target / base, "neither file, directory nor link");
    }
  }

  void skip(const fs::directory_entry& entry, const fs::path& target, std::string reason) {
    actions_.push_back({Action::Kind::skip, entry.path(), target, std::move(reason)});
  }

  const std::vector<std::string>& hostclasses_;
  std::vector<Action> actions_;
};

struct stat status_of(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) throw file_error("look at", path, errno);
  return status;
}

void make_directory(const fs::path& target) {
  struct stat status {};
  if (::stat(target.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) return;
    throw file_error("make the directory", target, ENOTDIR);
  }
  if (::mkdir(target.c_str(), 0755) != 0) throw file_error("make the directory", target, errno);
}

/// After everything in the directory is in place, since that changes its time.
void copy_mode_and_times(const fs::path& source, const fs::path& target) {
  const struct stat status = status_of(source);
  if (::chmod(target.c_str(), status.st_mode & 07777U) != 0) {
    throw file_error("set the mode of", target, errno);
  }
  const std::array<timespec, 2> times = {status.st_atim, status.st_mtim};
  if (::utimensat(AT_FDCWD, target.c_str(), times.data(), 0) != 0) {
    throw file_error("set the times of", target, errno);
  }
}

void copy_file(const Action& action, const fs::path& target, const Options& options) {
  const auto content = read_file(action.source);
  if (!content) throw file_error("read", action.source, ENOENT);
  if (fs::is_directory(fs::symlink_status(target))) throw file_error("replace", target, EISDIR);
  FileAttributes attributes{.mode = status_of(action.source).st_mode & 07777U};
  if (options.owner) {
    attributes.owner = options.owner->first;
    attributes.group = options.owner->second;
  }
  write_atomically(target, *content, attributes);
}

void copy_link(const fs::path& source, const fs::path& target) {
  const fs::path aim = fs::read_symlink(source);
  std::error_code code;
  if (fs::is_directory(fs::symlink_status(target))) throw file_error("replace", target, EISDIR);
  fs::remove(target, code);
  fs::create_symlink(aim, target, code);
  if (code) throw file_error("make the link", target, code.value());
}

gid_t group_id(const Entry& entry, const Accounts& accounts) {
  if (const auto id = accounts.find_group(entry.group)) return *id;
  accounts.create_group(entry.group);
  if (const auto id = accounts.find_group(entry.group)) return *id;
  throw Error("File",
              fmt::format("group {} of {} could not be made", entry.group, entry.path.string()));
}

uid_t user_id(const Entry& entry, const Accounts& accounts) {
  if (const auto id = accounts.find_user(entry.user)) return *id;
  accounts.create_user(entry.user, entry.group);
  if (const auto id = accounts.find_user(entry.user)) return *id;
  throw Error("File",
              fmt::format("user {} of {} could not be made", entry.user, entry.path.string()));
}

void apply_entry(const Entry& entry, const Options& options, const Accounts& accounts) {
  const fs::path target = options.destination / entry.path;
  const std::string what = fmt::format("mode {:04o} and owner {}:{} for {}", entry.mode, entry.user,
                                       entry.group, target.string());
  if (options.mode == Options::Mode::rehearse) {
    log::info("would set {}", what);
    return;
  }
  if (!fs::exists(target)) {
    log::warning("{} does not exist: its {} line is not applied", target.string(), metadata_name);
    return;
  }
  const gid_t group = group_id(entry, accounts);
  const uid_t user = user_id(entry, accounts);
  log::info("setting {}", what);
  if (::chown(target.c_str(), user, group) != 0)
    throw file_error("set the owner of", target, errno);
  // After the owner, because a change of owner clears the set-id bits.
  if (::chmod(target.c_str(), entry.mode) != 0) throw file_error("set the mode of", target, errno);
}

std::string describe(const Action& action, const fs::path& target) {
  switch (action.kind) {
    case Action::Kind::directory:
      return fmt::format("directory {}", target.string());
    case Action::Kind::file:
      return fmt::format("file {} from {}", target.string(), action.source.string());
    case Action::Kind::link:
      return fmt::format("link {}", target.string());
    case Action::Kind::skip:
      break;
  }
  return {};
}

void carry_out(const Action& action, const Options& options) {
  const fs::path target = options.destination / action.target;
  if (action.kind == Action::Kind::skip) {
    log::info("skipping {}: {}", action.source.string(), action.reason);
    return;
  }
  if (options.mode == Options::Mode::rehearse) {
    log::info("would install {}", describe(action, target));
    return;
  }
  log::info("installing {}", describe(action, target));
  if (action.kind == Action::Kind::directory) make_directory(target);
  if (action.kind == Action::Kind::file) copy_file(action, target, options);
  if (action.kind == Action::Kind::link) copy_link(action.source, target);
}

/// New files inherit the label of their directory, which may not be the one the policy wants.
void restore_labels(const std::vector<Action>& actions, const fs::path& destination) {
  if (!fs::exists("/sys/fs/selinux/enforce")) return;
  std::string targets;
  for (const Action& action : actions) {
    if (action.kind != Action::Kind::skip) targets += (destination / action.target).string() + '\n';
  }
  const ProcessResult result =
      run_process({.arguments = {"restorecon", "-f", "-"}, .standard_input = targets});
  if (result.status != 0) log::warning("restorecon: {}", result.output);
}

void run_checked(const std::vector<std::string>& arguments) {
  const ProcessResult result = run_process({.arguments = arguments});
  if (result.status != 0) {
    throw Error("Command", fmt::format("{} ended with status {}: {}", shell_quoted(arguments),
                                       result.status, trimmed(result.output)));
  }
}

}  // namespace

std::vector<Entry> parse_metadata(std::string_view text, const fs::path& file) {
  std::vector<Entry> entries;
  int number = 0;
  for (const std::string& line : split(text, '\n')) {
    ++number;
    const auto fields = words(std::string_view(line).substr(0, line.find('#')));
    if (fields.empty()) continue;
    const auto fail = [&](std::string_view problem) {
      return ConfigError(
          fmt::format("{}:{}: {}: {}", file.string(), number, problem, trimmed(line)));
    };
    if (fields.size() != 4) {
      throw fail(fmt::format("{} words instead of path, mode, user and group", fields.size()));
    }
    const auto mode = parse_mode(fields[1]);
    if (!mode) throw fail("the mode is not an octal number of up to four digits");
    auto [name, hostclass] = split_name(fields[0]);
    const auto path = below_destination(name);
    if (!path) throw fail("the path leads out of the destination");
    entries.push_back({number, *path, hostclass.value_or(""), *mode, fields[2], fields[3]});
  }
  return entries;
}

std::vector<Entry> applicable(const std::vector<Entry>& entries,
                              const std::vector<std::string>& hostclasses) {
  std::vector<Entry> chosen;
  const auto rank_of = [&](const Entry& entry) {
    return rank(hostclasses,
                entry.hostclass.empty() ? std::nullopt : std::optional(entry.hostclass));
  };
  std::copy_if(entries.begin(), entries.end(), std::back_inserter(chosen),
               [&](const Entry& entry) { return rank_of(entry).has_value(); });
  if (hostclasses.size() > 1) {
    std::stable_sort(chosen.begin(), chosen.end(), [&](const Entry& a, const Entry& b) {
      return rank_of(a).value() > rank_of(b).value();
    });
  }
  return chosen;
}

std::pair<std::string, std::optional<std::string>> split_name(const std::string& name) {
  const auto tilde = name.rfind('~');
  if (tilde == std::string::npos) return {name, std::nullopt};
  return {name.substr(0, tilde), name.substr(tilde + 1)};
}

std::vector<Action> plan(const fs::path& source, const std::vector<std::string>& hostclasses) {
  if (!fs::is_directory(source)) {
    throw ConfigError(fmt::format("{} is not a directory", source.string()));
  }
  Planner planner(hostclasses);
  planner.add_directory(source, {});
  return std::move(planner).take();
}

Accounts system_accounts() {
  return {
      .find_user = [](const std::string& user) -> std::optional<uid_t> {
        const passwd* found = ::getpwnam(user.c_str());
        return found == nullptr ? std::nullopt : std::optional(found->pw_uid);
      },
      .find_group = [](const std::string& group) -> std::optional<gid_t> {
        const struct group* found = ::getgrnam(group.c_str());
        return found == nullptr ? std::nullopt : std::optional(found->gr_gid);
      },
      .create_group =
          [](const std::string& group) {
            run_checked({"groupadd", "--force", "--", group});
          },
      .create_user =
          [](const std::string& user, const std::string& group) {
            run_checked({"useradd", "--system", "--no-create-home", "--gid", group, "--shell",
                         fs::exists("/usr/sbin/nologin") ? "/usr/sbin/nologin" : "/sbin/nologin",
                         "--", user});
          },
  };
}

void install(const Options& options, const Accounts& accounts) {
  const auto actions = plan(options.source, options.hostclasses);
  const fs::path metadata = options.source / metadata_name;
  std::vector<Entry> entries;
  if (const auto text = read_file(metadata)) {
    entries = applicable(parse_metadata(*text, metadata), options.hostclasses);
  } else {
    log::warning("{} does not exist: files belong to root and keep their modes", metadata.string());
  }

  for (const Action& action : actions) carry_out(action, options);
  if (options.mode == Options::Mode::install) {
    for (auto action = actions.rbegin(); action != actions.rend(); ++action) {
      if (action->kind == Action::Kind::directory) {
        copy_mode_and_times(action->source, options.destination / action->target);
      }
    }
    restore_labels(actions, options.destination);
  }
  for (const Entry& entry : entries) apply_entry(entry, options, accounts);
}

std::string hostclass_of_host(const fs::path& root) {
  const fs::path file = root / hostclass_file;
  const auto line = first_line(file);
  if (!line) {
    throw with_hint(ConfigError(fmt::format("{} does not exist", file.string())),
                    "it names the hostclass of this host; phase 2 of a bake writes it");
  }
  if (line->empty()) throw ConfigError(fmt::format("{} is empty", file.string()));
  return *line;
}

}  // namespace asiaq::instance::acfg
