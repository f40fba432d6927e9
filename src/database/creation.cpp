#include "database/creation.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "aws/absence.h"
#include "aws/error.h"
#include "aws/rds/client.h"
#include "aws/route53/client.h"
#include "aws/session.h"
#include "base/log.h"
#include "database/error.h"
#include "database/observation.h"

namespace asiaq::database {

namespace {

using Steps = std::vector<plan::ChangeId>;

constexpr Seconds creation_limit{3600};
constexpr Seconds creation_pause{15};
/// As many as one call may change.
constexpr std::size_t parameters_per_call = 20;

/// Runs a creation that may have been carried out before its answer was lost: that the thing of
/// this name exists is success.
void ignoring_presence(const std::function<void()>& creation) {
  try {
    creation();
  } catch (const aws::ServiceError& error) {
    if (!error.code().ends_with("AlreadyExists")) throw;
  }
}

aws::List<aws::rds::Tag> tags_of(const DatabaseConfig& database) {
  return {{.key = "environment", .value = database.environment},
          {.key = "db-name", .value = database.name},
          {.key = "productline", .value = database.product_line}};
}

void make_subnet_group(const aws::rds::Client& rds, const PreparedDatabase& database,
                       const Placement& placement) {
  const std::string& name = database.config.id;
  if (database.subnet_group == GroupAction::replace) {
    aws::ignoring_absence([&] { rds.delete_db_subnet_group({.db_subnet_group_name = name}); });
  }
  aws::rds::CreateDBSubnetGroupMessage request{
      .db_subnet_group_name = name,
      .db_subnet_group_description = "Subnet Group for VPC " + database.config.environment};
  for (const network::Reference& subnet : placement.subnets) {
    request.subnet_ids.push_back(subnet.id());
  }
  ignoring_presence([&] { rds.create_db_subnet_group(request); });
}

void set_parameters(const aws::rds::Client& rds, const DatabaseConfig& database) {
  aws::rds::ModifyDBParameterGroupMessage request{.db_parameter_group_name = database.id};
  for (const auto& [name, value] : database.parameters) {
    request.parameters.push_back(
        {.parameter_name = name, .parameter_value = value, .apply_method = "pending-reboot"});
    if (request.parameters.size() < parameters_per_call) continue;
    rds.modify_db_parameter_group(request);
    request.parameters.clear();
  }
  if (!request.parameters.empty()) rds.modify_db_parameter_group(request);
}

void make_parameter_group(const aws::rds::Client& rds, const PreparedDatabase& database) {
  const std::string& name = database.config.id;
  if (database.parameter_group == GroupAction::replace) {
    aws::ignoring_absence(
        [&] { rds.delete_db_parameter_group({.db_parameter_group_name = name}); });
  }
  if (database.parameter_group != GroupAction::keep) {
    ignoring_presence([&] {
      rds.create_db_parameter_group({.db_parameter_group_name = name,
                                     .db_parameter_group_family = database.family,
                                     .description = parameter_group_description(name)});
    });
  }
  set_parameters(rds, database.config);
}

void make_new(const aws::rds::Client& rds, const PreparedDatabase& database,
              const std::string& group_id) {
  const DatabaseConfig& config = database.config;
  aws::rds::CreateDBInstanceMessage request{
      .db_instance_identifier = config.id,
      .allocated_storage = config.allocated_storage,
      .db_instance_class = config.instance_class,
      .engine = config.engine,
      .master_username = config.master_username,
      .master_user_password = database.password,
      .vpc_security_group_ids = {group_id},
      .db_subnet_group_name = config.id,
      .preferred_maintenance_window = config.maintenance_window,
      .db_parameter_group_name = config.id,
      .backup_retention_period = config.backup_retention_period,
      .preferred_backup_window = config.backup_window,
      .port = config.port,
      .multi_az = config.multi_az,
      .engine_version = config.version,
      .auto_minor_version_upgrade = config.auto_minor_version_upgrade,
      .license_model = config.license_model,
      .character_set_name = config.character_set_name,
      .publicly_accessible = config.publicly_accessible,
      .tags = tags_of(config),
      .storage_encrypted = config.storage_encrypted};
  if (config.iops > 0) request.iops = config.iops;
  ignoring_presence([&] { rds.create_db_instance(request); });
}

void restore(const aws::rds::Client& rds, const PreparedDatabase& database,
             const std::string& group_id) {
  const DatabaseConfig& config = database.config;
  aws::rds::RestoreDBInstanceFromDBSnapshotMessage request{
      .db_instance_identifier = config.id,
      .db_snapshot_identifier = database.snapshot,
      .db_instance_class = config.instance_class,
      .port = config.port,
      .db_subnet_group_name = config.id,
      .multi_az = config.multi_az,
      .publicly_accessible = config.publicly_accessible,
      .auto_minor_version_upgrade = config.auto_minor_version_upgrade,
      .license_model = config.license_model,
      .engine = config.engine,
      .tags = tags_of(config),
      .vpc_security_group_ids = {group_id},
      .db_parameter_group_name = config.id};
  if (config.iops > 0) request.iops = config.iops;
  ignoring_presence([&] { rds.restore_db_instance_from_db_snapshot(request); });
}

aws::rds::DBInstance described(const aws::rds::Client& rds, const std::string& id) {
  const auto found = rds.describe_db_instances_all({.db_instance_identifier = id});
  if (found.empty()) throw DatabaseError(fmt::format("database {} is gone", id));
  return found.front();
}

/// One of the waits of RDS.
using Wait = void (aws::rds::Client::*)(const aws::rds::DescribeDBInstancesMessage&,
                                        const aws::WaitOptions&) const;

/// The instance once it is as wanted.
aws::rds::DBInstance awaited(const aws::rds::Client& rds, const std::string& id, Wait wait,
                             const char* wanted) {
  try {
    (rds.*wait)({.db_instance_identifier = id},
                {.what = fmt::format("database {} to {}", id, wanted),
                 .limit = creation_limit,
                 .longest_pause = creation_pause});
  } catch (aws::WaitError& error) {
    error.set_hint("RDS says why among the events of the instance; delete it and try again");
    throw;
  }
  return described(rds, id);
}

aws::rds::DBInstance available(const aws::rds::Client& rds, const std::string& id) {
  return awaited(rds, id, &aws::rds::Client::wait_until_db_instance_available, "be available");
}

bool waits_for_reboot(const aws::rds::DBInstance& instance) {
  return std::ranges::any_of(instance.db_parameter_groups, [](const auto& group) {
    return group.parameter_apply_status == "pending-reboot";
  });
}

/// What a restored instance has of its snapshot becomes what its section says.
void settle(const aws::rds::Client& rds, const PreparedDatabase& database,
            const std::string& group_id) {
  const std::string& id = database.config.id;
  aws::rds::DBInstance present = available(rds, id);
  if (waits_for_reboot(present)) {
    rds.reboot_db_instance({.db_instance_identifier = id, .force_failover = false});
    present = available(rds, id);
  }
  rds.modify_db_instance(differences(database, group_id, present));
}

void write_record(const aws::rds::Client& rds, const aws::route53::Client& route53,
                  const PreparedDatabase& database) {
  const aws::rds::DBInstance instance =
      awaited(rds, database.config.id, &aws::rds::Client::wait_until_db_instance_addressed,
              "have an address");
  dns::write_cname(route53, *database.zone, database.record_name(),
                   instance.endpoint.value_or(aws::rds::Endpoint()).address.value_or(""));
}

/// `15` is as good as `15.4`.
bool is_version(const std::string& present, const std::string& wanted) {
  return present == wanted || present.starts_with(wanted + ".");
}

/// Adds the changes of one database.
class Creation {
 public:
  Creation(plan::Plan& plan, aws::Session& session, const PreparedDatabase& database,
           const Placement& placement)
      : plan_(plan), rds_(session), route53_(session), database_(database), placement_(placement) {}

  void add() {
    Steps last = groups();
    if (!database_.is_there) last = {instance(last)};
    if (database_.is_there || !database_.snapshot.empty()) settling(last);
    if (database_.zone) record(last);
  }

 private:
  plan::ChangeId change(plan::Verb verb, const char* kind, std::vector<std::string> details,
                        std::function<void()> carry_out, Steps after) {
    return plan_.add({.verb = verb,
                      .resource = {.kind = kind, .name = database_.config.id},
                      .details = std::move(details),
                      .carry_out = std::move(carry_out),
                      .after = std::move(after)});
  }

  Steps groups() {
    Steps result = placement_.group.after;
    if (database_.subnet_group != GroupAction::keep) {
      Steps before = network::after(placement_.vpc);
      for (const network::Reference& subnet : placement_.subnets) {
        before.insert(before.end(), subnet.after.begin(), subnet.after.end());
      }
      result.push_back(change(
          database_.subnet_group == GroupAction::make ? plan::Verb::create : plan::Verb::replace,
          "database subnet group", {},
          [rds = rds_, database = database_, placement = placement_] {
            make_subnet_group(rds, database, placement);
          },
          before));
    }
    const bool keeps = database_.parameter_group == GroupAction::keep;
    if (keeps && database_.config.parameters.empty()) return result;
    std::vector<std::string> details = {"family " + database_.family};
    for (const auto& [name, value] : database_.config.parameters) {
      details.push_back(fmt::format("{}={}", name, value));
    }
    // Not before the subnet group: by its name destroy finds what an interrupted run has made.
    const Steps before = result.empty() ? network::after(placement_.vpc) : result;
    const plan::Verb verb =
        keeps ? plan::Verb::update
              : (database_.parameter_group == GroupAction::make ? plan::Verb::create
                                                                : plan::Verb::replace);
    result.push_back(change(
        verb, "database parameter group", details,
        [rds = rds_, database = database_] { make_parameter_group(rds, database); }, before));
    return result;
  }

  plan::ChangeId instance(const Steps& before) {
    const DatabaseConfig& config = database_.config;
    std::vector<std::string> details = {fmt::format("{} {} on {}, {} GB", config.engine,
                                                    config.version, config.instance_class,
                                                    config.allocated_storage)};
    if (!database_.snapshot.empty()) details.push_back("from snapshot " + database_.snapshot);
    return change(
        plan::Verb::create, "database", details,
        [rds = rds_, database = database_, group = placement_.group] {
          if (database.snapshot.empty()) {
            make_new(rds, database, group.id());
          } else {
            restore(rds, database, group.id());
          }
        },
        before);
  }

  void settling(const Steps& before) {
    change(
        plan::Verb::update, "database", {"to its section, with its password from the bucket"},
        [rds = rds_, database = database_, group = placement_.group] {
          settle(rds, database, group.id());
        },
        before);
  }

  void record(const Steps& before) {
    plan_.add({.verb = plan::Verb::create,
               .resource = {.kind = "DNS record", .name = database_.record_name()},
               .details = {"leading to database " + database_.config.id},
               .carry_out = [rds = rds_, route53 = route53_,
                             database = database_] { write_record(rds, route53, database); },
               .after = before});
  }

  plan::Plan& plan_;
  aws::rds::Client rds_;
  aws::route53::Client route53_;
  const PreparedDatabase& database_;
  const Placement& placement_;
};

}  // namespace

aws::rds::ModifyDBInstanceMessage differences(const PreparedDatabase& wanted,
                                              const std::string& group_id,
                                              const aws::rds::DBInstance& present) {
  const DatabaseConfig& config = wanted.config;
  aws::rds::ModifyDBInstanceMessage result{.db_instance_identifier = config.id,
                                           .apply_immediately = true,
                                           .master_user_password = wanted.password};
  if (present.allocated_storage.value_or(0) < config.allocated_storage) {
    result.allocated_storage = config.allocated_storage;
  } else if (present.allocated_storage > config.allocated_storage) {
    log::warning("Database {} keeps its {} GB: RDS does not shrink storage to {} GB", config.id,
                 *present.allocated_storage, config.allocated_storage);
  }
  if (present.db_instance_class != config.instance_class) {
    result.db_instance_class = config.instance_class;
  }
  if (!is_version(present.engine_version.value_or(""), config.version)) {
    result.engine_version = config.version;
  }
  if (config.iops > 0 && present.iops != config.iops) result.iops = config.iops;
  if (present.multi_az != config.multi_az) result.multi_az = config.multi_az;
  if (present.auto_minor_version_upgrade != config.auto_minor_version_upgrade) {
    result.auto_minor_version_upgrade = config.auto_minor_version_upgrade;
  }
  if (present.backup_retention_period != config.backup_retention_period) {
    result.backup_retention_period = config.backup_retention_period;
  }
  if (config.backup_window && present.preferred_backup_window != config.backup_window) {
    result.preferred_backup_window = config.backup_window;
  }
  if (config.maintenance_window &&
      present.preferred_maintenance_window != config.maintenance_window) {
    result.preferred_maintenance_window = config.maintenance_window;
  }
  const bool has_parameters = std::ranges::any_of(
      present.db_parameter_groups,
      [&](const auto& group) { return group.db_parameter_group_name == config.id; });
  if (!has_parameters) result.db_parameter_group_name = config.id;
  const bool has_group = present.vpc_security_groups.size() == 1 &&
                         present.vpc_security_groups.front().vpc_security_group_id == group_id;
  if (!has_group) result.vpc_security_group_ids = {group_id};
  return result;
}

void add_databases(plan::Plan& plan, aws::Session& session,
                   const std::vector<PreparedDatabase>& databases, const Placement& placement) {
  for (const PreparedDatabase& database : databases) {
    Creation(plan, session, database, placement).add();
  }
}

}  // namespace asiaq::database
