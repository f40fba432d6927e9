#include "environment/service_inventory.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "aws/cloudwatch/client.h"
#include "aws/elasticache/client.h"
#include "aws/elb/client.h"
#include "aws/elbv2/client.h"
#include "aws/logs/client.h"
#include "aws/rds/client.h"
#include "aws/route53/client.h"
#include "aws/session.h"
#include "base/parallel.h"
#include "monitor/alarm_name.h"

namespace asiaq::environment {

namespace {

/// Its alarms are made and deleted with Elasticsearch domains, which outlive environments.
constexpr const char* elasticsearch_namespace = "AWS/ES";

void read_alarms(aws::Session& session, const std::string& environment, ServiceInventory& result) {
  for (const auto& alarm : aws::cloudwatch::Client(session).describe_alarms_all()) {
    if (alarm.namespace_ == elasticsearch_namespace) continue;
    const std::string name = alarm.alarm_name.value_or("");
    const std::vector<std::string> topics(alarm.alarm_actions.begin(), alarm.alarm_actions.end());
    if (monitor::is_alarm_of(name, topics, environment)) result.alarms.push_back(name);
  }
}

void read_metric_filters(aws::Session& session, const std::string& prefix,
                         ServiceInventory& result) {
  for (const auto& filter : aws::logs::Client(session).describe_metric_filters_all()) {
    const std::string group = filter.log_group_name.value_or("");
    if (!group.starts_with(prefix)) continue;
    result.metric_filters.push_back({group, filter.filter_name.value_or("")});
  }
}

void read_log_groups(aws::Session& session, const std::string& prefix, ServiceInventory& result) {
  for (const auto& group :
       aws::logs::Client(session).describe_log_groups_all({.log_group_name_prefix = prefix})) {
    result.log_groups.push_back(group.log_group_name.value_or(""));
  }
}

using LoadBalancers = std::vector<ServiceInventory::LoadBalancer>;

LoadBalancers classic_load_balancers(aws::Session& session, const std::string& vpc_id) {
  LoadBalancers result;
  for (const auto& each : aws::elb::Client(session).describe_load_balancers_all()) {
    if (each.vpc_id != vpc_id) continue;
    result.push_back(
        {.name = each.load_balancer_name.value_or(""), .dns_name = each.dns_name.value_or("")});
  }
  return result;
}

LoadBalancers load_balancers(aws::Session& session, const std::string& vpc_id) {
  LoadBalancers result;
  for (const auto& each : aws::elbv2::Client(session).describe_load_balancers_all()) {
    if (each.vpc_id != vpc_id) continue;
    result.push_back({.name = each.load_balancer_name.value_or(""),
                      .arn = each.load_balancer_arn.value_or(""),
                      .dns_name = each.dns_name.value_or("")});
  }
  return result;
}

void read_target_groups(aws::Session& session, const std::string& vpc_id,
                        ServiceInventory& result) {
  for (const auto& each : aws::elbv2::Client(session).describe_target_groups_all()) {
    if (each.vpc_id != vpc_id) continue;
    result.target_groups.push_back(
        {each.target_group_name.value_or(""), each.target_group_arn.value_or("")});
  }
}

/// The names by which others reach what is there.
std::set<std::string> names_of(const ServiceInventory& inventory) {
  std::set<std::string> names;
  for (const auto& each : inventory.load_balancers) names.insert(each.dns_name);
  for (const auto& each : inventory.databases.instances) names.insert(each.endpoint);
  for (const auto& each : inventory.caches.groups) {
    names.insert(each.endpoints.begin(), each.endpoints.end());
  }
  return names;
}

}  // namespace

ServiceInventory observe_services(aws::Session& session, const network::Vpc& vpc) {
  ServiceInventory result;
  LoadBalancers classic;
  LoadBalancers newer;
  const std::string prefix = vpc.name + "/";
  in_parallel({
      [&] { read_alarms(session, vpc.name, result); },
      [&] { read_metric_filters(session, prefix, result); },
      [&] { read_log_groups(session, prefix, result); },
      [&] { classic = classic_load_balancers(session, vpc.id); },
      [&] { newer = load_balancers(session, vpc.id); },
      [&] { read_target_groups(session, vpc.id, result); },
      [&] { result.databases = database::observe_vpc(aws::rds::Client(session), vpc.id); },
      [&] {
        result.caches = cache::observe_vpc(aws::elasticache::Client(session), vpc.name, vpc.id);
      },
  });
  result.load_balancers = std::move(classic);
  std::ranges::move(newer, std::back_inserter(result.load_balancers));
  result.records = dns::records_leading_to(aws::route53::Client(session), names_of(result));
  return result;
}

}  // namespace asiaq::environment
