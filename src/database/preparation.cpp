#include "database/preparation.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "access/credentials_store.h"
#include "aws/rds/client.h"
#include "aws/route53/client.h"
#include "aws/session.h"
#include "base/log.h"
#include "base/parallel.h"
#include "base/text.h"
#include "database/error.h"
#include "database/observation.h"

namespace asiaq::database {

namespace {

using aws::rds::DBInstance;

std::string id_of(const DBInstance& instance) {
  return instance.db_instance_identifier.value_or("");
}

bool uses_parameters(const DBInstance& instance, const std::string& group) {
  return std::ranges::any_of(instance.db_parameter_groups, [&](const auto& each) {
    return each.db_parameter_group_name == group;
  });
}

bool uses_subnets(const DBInstance& instance, const std::string& group) {
  return instance.db_subnet_group && instance.db_subnet_group->db_subnet_group_name == group;
}

/// Refuses a group of the database's name that another instance uses.
void check_unused(const DatabaseConfig& database, const Region& region, const char* kind,
                  bool (*uses)(const DBInstance&, const std::string&)) {
  for (const DBInstance& instance : region.instances) {
    if (id_of(instance) == database.id || !uses(instance, database.id)) continue;
    throw with_hint(DatabaseError(fmt::format(
                        "the {} {}, which database {} of environment {} needs, is used "
                        "by database {}",
                        kind, database.id, database.id, database.environment, id_of(instance))),
                    "give that database a group of another name first");
  }
}

const DBInstance* instance_of(const DatabaseConfig& database, const std::string& vpc_id,
                              const Region& region) {
  const auto found = std::ranges::find(region.instances, database.id, id_of);
  if (found == region.instances.end()) return nullptr;
  if (vpc_id.empty() || vpc_of(*found) != vpc_id) {
    const std::string vpc = vpc_of(*found);
    throw with_hint(DatabaseError(fmt::format("database {} of environment {} exists already, in {}",
                                              database.id, database.environment,
                                              vpc.empty() ? "no VPC" : "VPC " + vpc)),
                    "delete it, keeping a final snapshot: the new one is then made from that");
  }
  if (found->db_instance_status == "deleting") {
    throw with_hint(DatabaseError(fmt::format("database {} of environment {} is being deleted",
                                              database.id, database.environment)),
                    "run the same command again when it is gone");
  }
  return &*found;
}

std::string family_of(const aws::rds::Client& rds, const DatabaseConfig& database) {
  for (const auto& each : rds.describe_db_engine_versions_all(
           {.engine = database.engine, .engine_version = database.version})) {
    if (each.db_parameter_group_family) return *each.db_parameter_group_family;
  }
  return parameter_group_family(database.engine, database.version);
}

std::vector<std::string> passwords_of(aws::Session& session, const config::ConfigFolder& folder,
                                      const Place& place,
                                      const std::vector<DatabaseConfig>& databases) {
  const access::CredentialsStore store = access::CredentialsStore::open(
      session,
      access::environment_buckets(session.region(), folder, place.environment, place.type));
  std::vector<std::string> result;
  for (const DatabaseConfig& database : databases) {
    const std::string own = fmt::format("rds/{}/master_user_password", database.section);
    const std::string common = fmt::format("rds/{}/master_user_password", database.name);
    std::optional<std::string> password = store.find(own);
    if (!password) password = store.find(common);
    if (password && password->ends_with('\n')) password->pop_back();
    if (!password || password->empty()) {
      throw with_hint(access::CredentialsStoreError(fmt::format(
                          "no password for database {}: neither {} nor {} in bucket {} holds one",
                          database.id, own, common, store.bucket())),
                      "store it with `asiaq creds set`");
    }
    result.push_back(*password);
  }
  return result;
}

std::optional<dns::Zone> zone_for(aws::Session& session, const config::ConfigFolder& folder,
                                  const std::string& environment) {
  const std::string domain(
      trimmed(folder.plain_option("default_domain_name", environment).value_or("")));
  if (domain.empty()) {
    log::warning("Databases of {} get no DNS records: option default_domain_name is not set",
                 environment);
    return {};
  }
  return dns::zone_of(dns::list_zones(aws::route53::Client(session)), domain);
}

}  // namespace

std::string PreparedDatabase::record_name() const {
  return fmt::format("{}.{}.", config.id, zone->name);
}

std::string newest_snapshot(const std::vector<aws::rds::DBSnapshot>& snapshots,
                            const std::string& id) {
  const aws::rds::DBSnapshot* newest = nullptr;
  for (const aws::rds::DBSnapshot& each : snapshots) {
    if (each.db_instance_identifier != id || each.status != "available") continue;
    if (newest == nullptr || newest->snapshot_create_time < each.snapshot_create_time) {
      newest = &each;
    }
  }
  return newest == nullptr ? "" : newest->db_snapshot_identifier.value_or("");
}

PreparedDatabase compared(const DatabaseConfig& database, const std::string& vpc_id,
                          const Region& region) {
  PreparedDatabase result{.config = database};
  result.is_there = instance_of(database, vpc_id, region) != nullptr;
  if (!result.is_there) result.snapshot = newest_snapshot(region.snapshots, database.id);
  for (const auto& group : region.subnet_groups) {
    if (group.db_subnet_group_name != database.id) continue;
    check_unused(database, region, "subnet group", uses_subnets);
    const bool is_here = !vpc_id.empty() && group.vpc_id == vpc_id;
    result.subnet_group = is_here ? GroupAction::keep : GroupAction::replace;
  }
  for (const auto& group : region.parameter_groups) {
    if (group.db_parameter_group_name != database.id) continue;
    check_unused(database, region, "parameter group", uses_parameters);
    result.parameter_group = result.is_there ? GroupAction::keep : GroupAction::replace;
  }
  return result;
}

std::vector<PreparedDatabase> prepare(aws::Session& session, const config::ConfigFolder& folder,
                                      const Place& place,
                                      const std::vector<DatabaseConfig>& databases) {
  if (databases.empty()) return {};
  const aws::rds::Client rds(session);
  Region region;
  std::map<std::pair<std::string, std::string>, std::string> families;
  std::vector<std::string> passwords;
  std::optional<dns::Zone> zone;
  in_parallel({[&] { region.instances = rds.describe_db_instances_all(); },
               [&] { region.subnet_groups = rds.describe_db_subnet_groups_all(); },
               [&] { region.parameter_groups = rds.describe_db_parameter_groups_all(); },
               [&] { region.snapshots = rds.describe_db_snapshots_all(); },
               [&] {
                 for (const DatabaseConfig& database : databases) {
                   std::string& family = families[{database.engine, database.version}];
                   if (family.empty()) family = family_of(rds, database);
                 }
               },
               [&] { passwords = passwords_of(session, folder, place, databases); },
               [&] { zone = zone_for(session, folder, place.environment); }});
  std::vector<PreparedDatabase> result;
  for (std::size_t i = 0; i < databases.size(); ++i) {
    PreparedDatabase& prepared = result.emplace_back(compared(databases[i], place.vpc_id, region));
    prepared.password = passwords[i];
    prepared.family = families[{databases[i].engine, databases[i].version}];
    prepared.zone = zone;
  }
  return result;
}

}  // namespace asiaq::database
