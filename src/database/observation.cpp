#include "database/observation.h"

#include <algorithm>

#include "aws/rds/client.h"
#include "base/parallel.h"

namespace asiaq::database {

namespace {

Instance as_instance(const aws::rds::DBInstance& each) {
  return {.id = each.db_instance_identifier.value_or(""),
          .status = each.db_instance_status.value_or(""),
          .endpoint = each.endpoint ? each.endpoint->address.value_or("") : "",
          .cluster = each.db_cluster_identifier.value_or(""),
          .is_replica = !each.read_replica_source_db_instance_identifier.value_or("").empty(),
          .is_protected = each.deletion_protection.value_or(false)};
}

/// The parameter groups of instances of other VPCs.
std::set<std::string> used_elsewhere(const std::vector<aws::rds::DBInstance>& instances,
                                     const std::string& vpc_id) {
  std::set<std::string> result;
  for (const aws::rds::DBInstance& instance : instances) {
    if (vpc_of(instance) == vpc_id) continue;
    for (const auto& group : instance.db_parameter_groups) {
      result.insert(group.db_parameter_group_name.value_or(""));
    }
  }
  return result;
}

}  // namespace

std::string vpc_of(const aws::rds::DBInstance& instance) {
  return instance.db_subnet_group ? instance.db_subnet_group->vpc_id.value_or("") : "";
}

std::string parameter_group_description(const std::string& name) { return "Custom params-" + name; }

Observation observe_vpc(const aws::rds::Client& rds, const std::string& vpc_id) {
  std::vector<aws::rds::DBInstance> instances;
  std::vector<aws::rds::DBSubnetGroup> subnet_groups;
  in_parallel({[&] { instances = rds.describe_db_instances_all(); },
               [&] { subnet_groups = rds.describe_db_subnet_groups_all(); }});
  Observation result;
  std::set<std::string> names;
  for (const aws::rds::DBInstance& each : instances) {
    if (vpc_of(each) != vpc_id) continue;
    result.instances.push_back(as_instance(each));
    names.insert(result.instances.back().id);
  }
  for (const aws::rds::DBSubnetGroup& each : subnet_groups) {
    if (each.vpc_id != vpc_id) continue;
    result.subnet_groups.push_back(each.db_subnet_group_name.value_or(""));
    names.insert(result.subnet_groups.back());
  }
  if (names.empty()) return result;

  const std::set<std::string> foreign = used_elsewhere(instances, vpc_id);
  in_parallel({[&] {
                 for (const auto& each : rds.describe_db_parameter_groups_all()) {
                   const std::string name = each.db_parameter_group_name.value_or("");
                   const bool is_own = each.description == parameter_group_description(name);
                   if (is_own && names.contains(name) && !foreign.contains(name)) {
                     result.parameter_groups.push_back(name);
                   }
                 }
               },
               [&] {
                 if (result.instances.empty()) return;
                 for (const auto& each :
                      rds.describe_db_snapshots_all({.snapshot_type = "manual"})) {
                   result.snapshots.insert(each.db_snapshot_identifier.value_or(""));
                 }
               }});
  return result;
}

}  // namespace asiaq::database
