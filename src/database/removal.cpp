#include "database/removal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "aws/absence.h"
#include "aws/error.h"
#include "aws/patience.h"
#include "aws/rds/client.h"
#include "aws/session.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/wait.h"
#include "database/error.h"
#include "database/final_snapshot.h"

namespace asiaq::database {

namespace {

using Steps = std::vector<plan::ChangeId>;

constexpr Seconds deletion_limit{1800};
constexpr Seconds deletion_pause{30};
constexpr WaitLimits group_limits{.interval = Seconds(15), .limit = Seconds(1800)};
/// An instance that was available may have begun with a backup before it was asked to go.
constexpr int most_tries = 5;

/// States in which RDS can take a final snapshot, at once or as soon as the instance is there.
constexpr std::array<std::string_view, 3> deletable{"available", "backing-up", "creating"};

/// Why the instance cannot be deleted; empty if it can.
std::string obstacle(const Instance& instance) {
  if (instance.is_going()) return "";
  if (!instance.cluster.empty()) return "part of cluster " + instance.cluster;
  if (instance.is_protected) return "protected against deletion";
  return std::ranges::find(deletable, instance.status) == deletable.end() ? instance.status : "";
}

/// Whether nobody needs to ask for its deletion any more.
bool is_going_or_gone(const aws::rds::Client& rds, const std::string& id) {
  std::string status = "deleting";
  aws::ignoring_absence([&] {
    for (const auto& each : rds.describe_db_instances_all({.db_instance_identifier = id})) {
      status = each.db_instance_status.value_or("");
    }
  });
  return status == "deleting";
}

/// Asks for the deletion as soon as RDS takes it: a new instance has nothing to snapshot yet.
void delete_instance(const aws::rds::Client& rds, const std::string& id,
                     const std::string& snapshot) {
  aws::rds::DeleteDBInstanceMessage request{.db_instance_identifier = id};
  if (snapshot.empty()) {
    request.skip_final_snapshot = true;
  } else {
    request.final_db_snapshot_identifier = snapshot;
  }
  for (int number = 1;; ++number) {
    try {
      return aws::ignoring_absence([&] { rds.delete_db_instance(request); });
    } catch (const aws::ServiceError& error) {
      if (!error.has_code("InvalidDBInstanceState") || number == most_tries) throw;
    }
    if (is_going_or_gone(rds, id)) return;
    rds.wait_until_db_instance_available(
        {.db_instance_identifier = id},
        {.what = fmt::format("database {} to be available, so that it can be deleted", id),
         .limit = deletion_limit,
         .longest_pause = deletion_pause});
  }
}

/// One after the other: they go at the same time all the same.
void wait_until_gone(const aws::rds::Client& rds, const std::vector<Instance>& instances) {
  for (const Instance& instance : instances) {
    rds.wait_until_db_instance_deleted({.db_instance_identifier = instance.id},
                                       {.what = fmt::format("database {} to be gone", instance.id),
                                        .limit = deletion_limit,
                                        .longest_pause = deletion_pause});
  }
}

void delete_subnet_group(const aws::rds::Client& rds, const std::string& name) {
  aws::write_patiently(fmt::format("database subnet group {} to be deleted", name), group_limits,
                       {"InvalidDBSubnetGroupStateFault"},
                       [&] { rds.delete_db_subnet_group({.db_subnet_group_name = name}); });
}

}  // namespace

void check_deletable(const std::string& environment, const std::vector<Instance>& instances) {
  std::vector<std::string> obstacles;
  for (const Instance& instance : instances) {
    const std::string why = obstacle(instance);
    if (!why.empty()) obstacles.push_back(fmt::format("{} ({})", instance.id, why));
  }
  if (obstacles.empty()) return;
  throw with_hint(
      DatabaseError(fmt::format("databases of environment {} cannot be deleted now: {}",
                                environment, join(obstacles, ", "))),
      "nothing was changed: wait until they are available, end their protection, delete clusters "
      "yourself");
}

Steps add_removal(plan::Plan& plan, aws::Session& session, const std::string& environment,
                  const Observation& observation, const Predecessors& before) {
  check_deletable(environment, observation.instances);
  const aws::rds::Client rds(session);
  const WallTime now = system_clock().now();
  Steps gone;
  for (const Instance& instance : observation.instances) {
    if (instance.is_going()) continue;
    const std::string snapshot =
        instance.is_replica ? "" : final_snapshot_name(instance.id, observation.snapshots, now);
    gone.push_back(plan.add(
        {.verb = plan::Verb::remove,
         .resource = {.kind = "database", .name = instance.id},
         .details = {snapshot.empty() ? "without a snapshot: it is a replica"
                                      : "keeping its data in snapshot " + snapshot},
         .carry_out = [rds, id = instance.id, snapshot] { delete_instance(rds, id, snapshot); },
         .after = before(instance)}));
  }
  if (!observation.instances.empty()) {
    gone = {plan.add(
        {.verb = plan::Verb::wait,
         .resource = {.kind = "databases of", .name = environment},
         .details = {"to be gone"},
         .carry_out = [rds, instances = observation.instances] { wait_until_gone(rds, instances); },
         .after = gone})};
  }
  Steps unused = gone;
  for (const std::string& name : observation.parameter_groups) {
    unused.push_back(plan.add({.verb = plan::Verb::remove,
                               .resource = {.kind = "database parameter group", .name = name},
                               .carry_out =
                                   [rds, name] {
                                     aws::ignoring_absence([&] {
                                       rds.delete_db_parameter_group(
                                           {.db_parameter_group_name = name});
                                     });
                                   },
                               .after = gone}));
  }
  // Last: an interrupted run finds the parameter groups by these names.
  for (const std::string& name : observation.subnet_groups) {
    plan.add({.verb = plan::Verb::remove,
              .resource = {.kind = "database subnet group", .name = name},
              .carry_out = [rds, name] { delete_subnet_group(rds, name); },
              .after = unused});
  }
  return gone;
}

}  // namespace asiaq::database
