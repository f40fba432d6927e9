// acfg: installs a tree of configuration files (`discoroot/`) on a host that is being baked.
//
// `name~hostclass` stands for `name` on hosts of that hostclass and beats the plain file; files of
// other hostclasses are left out. `acfg.metadata` in the root of the tree then sets modes and
// owners.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asiaq::instance::acfg {

/// One line of acfg.metadata: `path[~hostclass] mode user group`.
struct Entry {
  int line = 0;
  std::filesystem::path path;  ///< Relative to the destination.
  std::string hostclass;       ///< Empty: of any hostclass.
  mode_t mode = 0;
  std::string user;
  std::string group;

  bool operator==(const Entry&) const = default;
};

/// All entries of the file, whatever their hostclass. `#` to the end of a line is a comment. Throws
/// ConfigError naming `file` and the line unless it has exactly four words, an octal mode of at
/// most four digits and a path that stays below the destination.
std::vector<Entry> parse_metadata(std::string_view text, const std::filesystem::path& file);

/// The entries that count on a host of these hostclasses, in the order in which they are applied
/// (of several for one path the last one wins). With several hostclasses an entry of an earlier one
/// comes after those of later ones, and all of them after the entries without hostclass.
std::vector<Entry> applicable(const std::vector<Entry>& entries,
                              const std::vector<std::string>& hostclasses);

/// A file name split at its last tilde: `a~b~mhcx` is (`a~b`, `mhcx`); nothing as second part
/// without one.
std::pair<std::string, std::optional<std::string>> split_name(const std::string& name);

/// What is done with one thing of the source tree.
struct Action {
  enum class Kind { directory, file, link, skip };
  Kind kind = Kind::file;
  std::filesystem::path source;
  std::filesystem::path target;  ///< Relative to the destination.
  std::string reason;            ///< Of a skip.
};

/// Everything below `source`, directories before what is in them, in name order. Symbolic links to
/// files count as files, others are recreated. Throws ConfigError if `source` is not a directory.
std::vector<Action> plan(const std::filesystem::path& source,
                         const std::vector<std::string>& hostclasses);

/// Accounts of this machine, injected for tests.
struct Accounts {
  std::function<std::optional<uid_t>(const std::string& user)> find_user;
  std::function<std::optional<gid_t>(const std::string& group)> find_group;
  std::function<void(const std::string& group)> create_group;
  /// A system account without login, of that primary group.
  std::function<void(const std::string& user, const std::string& group)> create_user;
};

/// The machine's own: its name service, groupadd and useradd.
Accounts system_accounts();

struct Options {
  std::filesystem::path source;
  std::filesystem::path destination;
  std::vector<std::string> hostclasses;  ///< In order of priority; never empty.
  enum class Mode { install, rehearse } mode = Mode::install;
  /// Owner of installed files; nothing: left as this process makes them.
  std::optional<std::pair<uid_t, gid_t>> owner = std::pair<uid_t, gid_t>{0, 0};
};

/// Installs the tree and applies the metadata; says each action on stderr. All input is read and
/// checked before anything changes. A rehearsal changes nothing. Throws ConfigError, or Error of
/// kind "File".
void install(const Options& options, const Accounts& accounts = system_accounts());

/// First line of /opt/wgen/etc/hostclass below `root`. Throws ConfigError naming the file if it is
/// missing or empty.
std::string hostclass_of_host(const std::filesystem::path& root = "/");

}  // namespace asiaq::instance::acfg
