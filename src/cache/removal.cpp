#include "cache/removal.h"

#include <fmt/format.h>

#include "aws/absence.h"
#include "aws/elasticache/client.h"
#include "aws/error.h"
#include "aws/patience.h"
#include "aws/session.h"

namespace asiaq::cache {

namespace {

using Steps = std::vector<plan::ChangeId>;

constexpr Seconds deletion_limit{600};
constexpr Seconds longest_pause{15};
constexpr WaitLimits subnet_group_limits{.interval = Seconds(15), .limit = Seconds(600)};
/// A cache that was available may have begun with a backup before it was asked to go.
constexpr int most_tries = 5;

aws::WaitOptions waiting_for(const Group& group, const char* wanted) {
  return {.what = fmt::format("cache {} to be {}", group.name, wanted),
          .limit = deletion_limit,
          .longest_pause = longest_pause};
}

/// What is asked of a replication group and of a cluster that is in none.
struct Calls {
  aws::elasticache::Client elasticache;

  void remove(const Group& group) const {
    if (group.kind == Group::Kind::cluster) {
      elasticache.delete_cache_cluster({.cache_cluster_id = group.id});
    } else {
      elasticache.delete_replication_group({.replication_group_id = group.id});
    }
  }

  /// Its state; "deleting" also where it is gone.
  std::string status(const Group& group) const {
    std::string result = "deleting";
    aws::ignoring_absence([&] {
      if (group.kind == Group::Kind::cluster) {
        for (const auto& each :
             elasticache.describe_cache_clusters_all({.cache_cluster_id = group.id})) {
          result = each.cache_cluster_status.value_or("");
        }
      } else {
        for (const auto& each :
             elasticache.describe_replication_groups_all({.replication_group_id = group.id})) {
          result = each.status.value_or("");
        }
      }
    });
    return result;
  }

  void wait_until_available(const Group& group) const {
    const auto options = waiting_for(group, "available, so that it can be deleted");
    if (group.kind == Group::Kind::cluster) {
      elasticache.wait_until_cache_cluster_available({.cache_cluster_id = group.id}, options);
    } else {
      elasticache.wait_until_replication_group_available({.replication_group_id = group.id},
                                                         options);
    }
  }

  void wait_until_gone(const Group& group) const {
    const auto options = waiting_for(group, "gone");
    if (group.kind == Group::Kind::cluster) {
      elasticache.wait_until_cache_cluster_deleted({.cache_cluster_id = group.id}, options);
    } else {
      elasticache.wait_until_replication_group_deleted({.replication_group_id = group.id}, options);
    }
  }
};

bool is_busy(const aws::ServiceError& error) {
  return error.has_code("InvalidReplicationGroupState") ||
         error.has_code("InvalidCacheClusterState");
}

/// Deletes as soon as ElastiCache takes it: a group that is being made or changed must be done.
void delete_group(const Calls& calls, const Group& group) {
  for (int number = 1;; ++number) {
    try {
      return aws::ignoring_absence([&] { calls.remove(group); });
    } catch (const aws::ServiceError& error) {
      if (!is_busy(error) || number == most_tries) throw;
    }
    if (calls.status(group) == "deleting") return;
    calls.wait_until_available(group);
  }
}

void delete_subnet_group(const aws::elasticache::Client& elasticache, const std::string& name) {
  aws::write_patiently(fmt::format("cache subnet group {} to be deleted", name),
                       subnet_group_limits, {"CacheSubnetGroupInUse"}, [&] {
                         elasticache.delete_cache_subnet_group({.cache_subnet_group_name = name});
                       });
}

}  // namespace

Steps add_removal(plan::Plan& plan, aws::Session& session, const std::string& environment,
                  const Observation& observation, const Predecessors& before) {
  const aws::elasticache::Client elasticache(session);
  const Calls calls{elasticache};
  Steps gone;
  for (const Group& group : observation.groups) {
    if (group.is_going()) continue;
    gone.push_back(plan.add({.verb = plan::Verb::remove,
                             .resource = {.kind = "cache", .name = group.name, .id = group.id},
                             .carry_out = [calls, group] { delete_group(calls, group); },
                             .after = before(group)}));
  }
  if (!observation.groups.empty()) {
    gone = {plan.add({.verb = plan::Verb::wait,
                      .resource = {.kind = "caches of", .name = environment},
                      .details = {"to be gone"},
                      .carry_out =
                          [calls, groups = observation.groups] {
                            // One after the other: they go at the same time all the same.
                            for (const Group& group : groups) calls.wait_until_gone(group);
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
