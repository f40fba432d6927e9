#include "cache/observation.h"

#include <algorithm>
#include <map>

#include "aws/absence.h"
#include "aws/elasticache/client.h"
#include "base/parallel.h"

namespace asiaq::cache {

namespace {

Group as_group(const aws::elasticache::ReplicationGroup& each) {
  Group result{.id = each.replication_group_id.value_or(""),
               .name = each.description.value_or(""),
               .status = each.status.value_or("")};
  if (result.name.empty()) result.name = result.id;
  const auto add = [&](const std::optional<aws::elasticache::Endpoint>& endpoint) {
    if (endpoint && endpoint->address) result.endpoints.push_back(*endpoint->address);
  };
  if (!each.node_groups.empty()) add(each.node_groups.front().primary_endpoint);
  add(each.configuration_endpoint);
  return result;
}

Group as_group(const aws::elasticache::CacheCluster& each) {
  Group result{.kind = Group::Kind::cluster,
               .id = each.cache_cluster_id.value_or(""),
               .status = each.cache_cluster_status.value_or("")};
  result.name = result.id;
  const auto add = [&](const std::optional<aws::elasticache::Endpoint>& endpoint) {
    if (endpoint && endpoint->address) result.endpoints.push_back(*endpoint->address);
  };
  for (const auto& node : each.cache_nodes) add(node.endpoint);
  add(each.configuration_endpoint);
  return result;
}

bool is_tagged(const aws::elasticache::Client& elasticache, const std::string& arn,
               const std::string& environment) {
  bool result = false;
  aws::ignoring_absence([&] {
    for (const auto& tag : elasticache.list_tags_for_resource({.resource_name = arn}).tag_list) {
      if (tag.key == "environment" && tag.value == environment) result = true;
    }
  });
  return result;
}

}  // namespace

Observation observe_vpc(const aws::elasticache::Client& elasticache, const std::string& environment,
                        const std::string& vpc_id) {
  std::vector<aws::elasticache::ReplicationGroup> groups;
  std::vector<aws::elasticache::CacheSubnetGroup> subnet_groups;
  in_parallel({[&] { groups = elasticache.describe_replication_groups_all(); },
               [&] { subnet_groups = elasticache.describe_cache_subnet_groups_all(); }});
  Observation result;
  for (const auto& each : subnet_groups) {
    if (each.vpc_id != vpc_id) continue;
    result.subnet_groups.push_back(each.cache_subnet_group_name.value_or(""));
  }
  if (groups.empty() && result.subnet_groups.empty()) return result;

  const auto is_ours = [&](const std::string& subnet_group) {
    return std::ranges::find(result.subnet_groups, subnet_group) != result.subnet_groups.end();
  };
  std::map<std::string, std::string> places;  // Subnet groups, by replication group.
  for (const auto& cluster :
       elasticache.describe_cache_clusters_all({.show_cache_node_info = true})) {
    const std::string subnet_group = cluster.cache_subnet_group_name.value_or("");
    if (cluster.replication_group_id) {
      places[*cluster.replication_group_id] = subnet_group;
    } else if (is_ours(subnet_group)) {
      result.groups.push_back(as_group(cluster));
    }
  }
  for (const auto& each : groups) {
    const auto place = places.find(each.replication_group_id.value_or(""));
    const bool is_here = place == places.end()
                             ? is_tagged(elasticache, each.arn.value_or(""), environment)
                             : is_ours(place->second);
    if (is_here) result.groups.push_back(as_group(each));
  }
  return result;
}

}  // namespace asiaq::cache
