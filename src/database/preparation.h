// Everything that must be known before a database is made: what is there already, its password, its
// zone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "aws/rds/types.h"
#include "config/config_folder.h"
#include "database/configuration.h"
#include "dns/zone.h"

namespace asiaq::aws {
class Session;
}

namespace asiaq::database {

/// The environment whose databases are made.
struct Place {
  std::string environment;
  std::string type;    ///< Selects `[envtype:…]`.
  std::string vpc_id;  ///< Empty while the VPC is yet to be made.
};

/// What has to be done for a group of subnets or parameters to be as wanted.
enum class GroupAction {
  make,
  keep,
  replace  ///< One of the name is left from earlier times, and nothing uses it.
};

struct PreparedDatabase {
  DatabaseConfig config;
  std::string password;  ///< A secret: neither logged nor shown in plans.
  std::string family;    ///< Of its parameter group.
  /// A run that was interrupted has made it, perhaps from a snapshot and not finished it.
  bool is_there = false;
  std::string snapshot;  ///< To make it from; empty for a new one.
  GroupAction subnet_group = GroupAction::make;
  GroupAction parameter_group = GroupAction::make;
  /// Where its name is written; none without `default_domain_name`.
  std::optional<dns::Zone> zone;

  /// `ci-foodb.example.com.`; only with a zone.
  std::string record_name() const;
};

/// Looks everything up, at once. Throws DatabaseError if a database of the name is elsewhere or is
/// being deleted, or a group of its name is used by another; what CredentialsStore::open() and
/// dns::zone_of() throw; ConfigError for a missing option; CredentialsStoreError, naming key and
/// bucket, for a missing password. Nothing is called without a database.
std::vector<PreparedDatabase> prepare(aws::Session& session, const config::ConfigFolder& folder,
                                      const Place& place,
                                      const std::vector<DatabaseConfig>& databases);

/// What there is in the region that matters to new databases.
struct Region {
  std::vector<aws::rds::DBInstance> instances;
  std::vector<aws::rds::DBSubnetGroup> subnet_groups;
  std::vector<aws::rds::DBParameterGroup> parameter_groups;
  std::vector<aws::rds::DBSnapshot> snapshots;
};

/// The part of prepare() that is about what is there. Pure.
PreparedDatabase compared(const DatabaseConfig& database, const std::string& vpc_id,
                          const Region& region);

/// The newest snapshot of an instance that can be restored; empty if there is none. Pure.
std::string newest_snapshot(const std::vector<aws::rds::DBSnapshot>& snapshots,
                            const std::string& id);

}  // namespace asiaq::database
