#include "cache/removal.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "aws/absence.h"
#include "aws/elasticache/client.h"
#include "aws/error.h"
#include "aws/session.h"
#include "base/text.h"
#include "base/wait.h"

namespace asiaq::cache {

namespace {

using Missing = std::optional<std::string>;
using Steps = std::vector<plan::ChangeId>;

constexpr WaitLimits deletion_limits{.interval = Seconds(15), .limit = Seconds(600)};

/// Deletes as soon as ElastiCache takes it: a group that is being made or changed must be done.
void delete_group(const aws::elasticache::Client& elasticache, const Group& group) {
  wait_until(fmt::format("cache {} to be ready for its deletion", group.name),
             scaled(deletion_limits), [&]() -> Missing {
               try {
                 aws::ignoring_absence([&] {
                   elasticache.delete_replication_group({.replication_group_id = group.id});
                 });
                 return {};
               } catch (const aws::ServiceError& error) {
                 if (!error.has_code("InvalidReplicationGroupState")) throw;
               }
               Missing state;
               aws::ignoring_absence([&] {
                 for (const auto& each : elasticache.describe_replication_groups_all(
                          {.replication_group_id = group.id})) {
                   if (each.status != "deleting") state = "it is " + each.status.value_or("?");
                 }
               });
               return state;
             });
}

void wait_until_gone(const aws::elasticache::Client& elasticache, const std::string& environment,
                     const std::vector<Group>& groups) {
  wait_until(fmt::format("caches of {} to be gone", environment), scaled(deletion_limits),
             [&]() -> Missing {
               std::vector<std::string> left;
               for (const auto& each : elasticache.describe_replication_groups_all()) {
                 const auto found =
                     std::ranges::find(groups, each.replication_group_id.value_or(""), &Group::id);
                 if (found == groups.end()) continue;
                 left.push_back(fmt::format("{} ({})", found->name, each.status.value_or("")));
               }
               if (left.empty()) return {};
               return join(left, ", ");
             });
}

void delete_subnet_group(const aws::elasticache::Client& elasticache, const std::string& name) {
  wait_until(fmt::format("cache subnet group {} to be deleted", name), scaled(deletion_limits),
             [&]() -> Missing {
               try {
                 aws::ignoring_absence([&] {
                   elasticache.delete_cache_subnet_group({.cache_subnet_group_name = name});
                 });
                 return {};
               } catch (const aws::ServiceError& error) {
                 if (!error.has_code("CacheSubnetGroupInUse")) throw;
                 return error.message();
               }
             });
}

}  // namespace

Steps add_removal(plan::Plan& plan, aws::Session& session, const std::string& environment,
                  const Observation& observation, const Predecessors& before) {
  const aws::elasticache::Client elasticache(session);
  Steps gone;
  for (const Group& group : observation.groups) {
    if (group.is_going()) continue;
    gone.push_back(
        plan.add({.verb = plan::Verb::remove,
                  .resource = {.kind = "cache", .name = group.name, .id = group.id},
                  .carry_out = [elasticache, group] { delete_group(elasticache, group); },
                  .after = before(group)}));
  }
  if (!observation.groups.empty()) {
    gone = {plan.add({.verb = plan::Verb::wait,
                      .resource = {.kind = "caches of", .name = environment},
                      .details = {"to be gone"},
                      .carry_out =
                          [elasticache, environment, groups = observation.groups] {
                            wait_until_gone(elasticache, environment, groups);
                          },
                      .after = gone})};
  }
  for (const std::string& name : observation.subnet_groups) {
    plan.add({.verb = plan::Verb::remove,
              .resource = {.kind = "cache subnet group", .name = name},
              .carry_out = [elasticache, name] { delete_subnet_group(elasticache, name); },
              .after = gone});
  }
  return gone;
}

}  // namespace asiaq::cache
