// What disco_rds.ini says of databases. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/config_folder.h"

namespace asiaq::database {

inline constexpr const char* databases_file = "disco_rds.ini";

/// The metanetwork in which all databases are.
inline constexpr const char* metanetwork = "intranet";

/// A section `[<environment>-<name>]`, checked.
struct DatabaseConfig {
  std::string section;      ///< As written.
  std::string id;           ///< The same in lower case, as RDS has it.
  std::string name;         ///< Without the environment.
  std::string environment;  ///< As its VPC is named.

  std::string engine;   ///< `postgres`, `oracle-se2`, …, in lower case.
  std::string version;  ///< Of the engine, as written.
  std::string instance_class;
  std::int32_t allocated_storage = 0;  ///< GB
  std::int32_t iops = 0;               ///< 0: whatever the storage comes with.
  std::int32_t port = 0;
  std::string master_username;
  std::optional<std::string> license_model;
  std::optional<std::string> character_set_name;
  bool auto_minor_version_upgrade = true;
  bool multi_az = true;
  bool publicly_accessible = false;
  bool storage_encrypted = true;
  std::int32_t backup_retention_period = 1;  ///< Days, 0 to 35.
  std::optional<std::string> backup_window;
  std::optional<std::string> maintenance_window;
  std::string product_line;

  /// Parameters of the engine, from `rds/engine_specific/<name>.ini`, section `[<environment>]`.
  std::vector<std::pair<std::string, std::string>> parameters;
};

/// Those of the sections that are about the environment, in their order: they begin with
/// `<environment>-`, and with none of the longer names of other environments (`ci-foo-db` is about
/// `ci-foo` where there is such an environment, else about `ci`).
std::vector<std::string> sections_of(const std::vector<std::string>& sections,
                                     const std::string& environment,
                                     const std::vector<std::string>& environments);

/// All databases of an environment; none without the file. `environments` are the names of those
/// that are up; names of sections `[env:…]` in disco_vpc.ini count too. Throws ConfigError naming
/// section and option for anything that is missing or cannot be.
std::vector<DatabaseConfig> read_databases(const config::ConfigFolder& folder,
                                           const std::string& environment,
                                           std::vector<std::string> environments);

/// The family of parameter groups that a version of an engine belongs to, by the rule that the
/// families follow: `postgres15`, `postgres9.6`, `mysql8.0`, `oracle-se2-19`, `oracle-se2-12.1`.
std::string parameter_group_family(const std::string& engine, const std::string& version);

}  // namespace asiaq::database
