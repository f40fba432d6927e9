// The configuration folder: its files, and the chains along which options are looked up.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/ini.h"
#include "config/option_value.h"

namespace asiaq::config {

class VpcConfig;

/// Before the type in the name of its section in disco_vpc.ini.
inline constexpr std::string_view type_prefix = "envtype:";

/// A folder of configuration files, each read when it is first asked for and then kept.
/// Thread-safe.
///
/// An option in `[disco_aws]` or a hostclass section may be written for one environment
/// as `option@environment`; option names match in any case, section names exactly.
class ConfigFolder {
 public:
  explicit ConfigFolder(std::filesystem::path root) : root_(std::move(root)) {}

  /// The folder named by ASIAQ_CONFIG; the current directory if that is unset or empty.
  static std::filesystem::path root_from_environment();

  const std::filesystem::path& root() const { return root_; }

  // -- Files -----------------------------------------------------------------------------------

  /// `relative` joined to the folder (an absolute path stays as it is), without asking whether it
  /// exists.
  std::filesystem::path joined(const std::filesystem::path& relative) const;

  /// As joined(); throws Error of kind "AsiaqConfig" "config path not found: ..." if nothing is
  /// there.
  std::filesystem::path path(const std::filesystem::path& relative) const;

  /// For files that a user names on the command line: as given if it exists, else as path().
  std::filesystem::path given_path(const std::filesystem::path& file) const;

  /// A parsed ini file; throws ConfigError if it is missing or wrong.
  const Ini& ini(const std::string& file) const;

  /// As ini(), but null for a missing file.
  const Ini* find_ini(const std::string& file) const;

  /// disco_aws.ini, the main file.
  const Ini& main_file() const { return ini("disco_aws.ini"); }

  // -- Chains ----------------------------------------------------------------------------------
  // An empty environment means none: no `@` form is looked up then.

  /// `[hostclass] option@environment`, `[hostclass] option`,
  /// `[disco_aws] default_option@environment`, `[disco_aws] default_option`.
  OptionValue hostclass_option(std::string_view hostclass, std::string_view option,
                               std::string_view environment = {}) const;

  /// `[section] option`, `[bake] option`, `[disco_aws] default_option`, each first
  /// with `@environment`. `section` is a hostclass or the name of a phase 1 image.
  OptionValue bake_option(std::string_view section, std::string_view option,
                          std::string_view environment = {}) const;

  /// `[hostclass] option`, `[test] option`, `[test] option without a leading test_`,
  /// `[disco_aws] default_option`, each first with `@environment`. A blank and `#` end the value.
  OptionValue deploy_option(std::string_view hostclass, std::string_view option,
                            std::string_view environment = {}) const;

  /// `[iam] option@account_type`, `[iam] option`.
  OptionValue iam_option(std::string_view option, std::string_view account_type) const;

  /// `[disco_aws] option@environment`, `[disco_aws] option`.
  OptionValue plain_option(std::string_view option, std::string_view environment = {}) const;

  /// `[section] option` of one file and nothing else.
  OptionValue literal_option(std::string_view section, std::string_view option,
                             const std::string& file = "disco_aws.ini") const;

  /// Options of an environment, from disco_vpc.ini.
  VpcConfig vpc(std::string environment, std::string type) const;

  /// The types of environments that disco_vpc.ini defines in sections `[envtype:TYPE]`, in the
  /// order of the file.
  std::vector<std::string> vpc_types() const;

  /// The project part of bucket names: `[disco_aws] project_name`, or `project` where only that is
  /// written. Throws ConfigError if neither is.
  std::string project_name() const;

 private:
  std::filesystem::path root_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::unique_ptr<Ini>> files_;
};

/// The options of one environment: `[env:<name>]`, then `[envtype:<type>]`. Keeps a reference to
/// its ConfigFolder. Thread-safe.
class VpcConfig {
 public:
  VpcConfig(const ConfigFolder& folder, std::string environment, std::string type)
      : folder_(&folder), environment_(std::move(environment)), type_(std::move(type)) {}

  const std::string& environment() const { return environment_; }
  const std::string& type() const { return type_; }

  OptionValue option(std::string_view name) const;

  /// True if `[envtype:<type>]` or `[env:<name>]` is written.
  bool is_configured() const;

  /// Options whose names begin with `prefix`, of both sections, sorted.
  std::vector<std::string> option_names(std::string_view prefix = {}) const;

 private:
  std::string environment_section() const { return "env:" + environment_; }
  std::string type_section() const { return std::string(type_prefix) + type_; }

  const ConfigFolder* folder_;
  std::string environment_;
  std::string type_;
};

/// Options of the section `[peerings]` (`connection_*`) belong to no environment: read them with
/// literal_option() or Ini.
inline constexpr std::string_view vpc_file = "disco_vpc.ini";

}  // namespace asiaq::config
