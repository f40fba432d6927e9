#include "environment/service_inventory.h"

#include <algorithm>
#include <set>

#include "aws/cloudwatch/client.h"
#include "aws/elb/client.h"
#include "aws/elbv2/client.h"
#include "aws/logs/client.h"
#include "aws/route53/client.h"
#include "aws/session.h"
#include "base/parallel.h"
#include "base/text.h"
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

/// Names of DNS in one form: lower case, without the final dot.
std::string normal_name(const std::string& name) {
  std::string result = lower_case(name);
  if (result.ends_with('.')) result.pop_back();
  return result;
}

/// Answers say `/hostedzone/Z123`, requests take `Z123`.
std::string bare_zone_id(std::string id) {
  constexpr std::string_view prefix = "/hostedzone/";
  return id.starts_with(prefix) ? id.substr(prefix.size()) : id;
}

void read_records(aws::Session& session, ServiceInventory& result) {
  std::set<std::string> names;
  for (const auto& each : result.load_balancers) names.insert(normal_name(each.dns_name));
  if (names.empty()) return;
  const aws::route53::Client route53(session);
  for (const auto& zone : route53.list_hosted_zones_all()) {
    const std::string id = bare_zone_id(zone.id.value_or(""));
    for (const auto& record : route53.list_resource_record_sets_all({.hosted_zone_id = id})) {
      const bool leads_here = record.type == "CNAME" &&
                              std::ranges::any_of(record.resource_records, [&](const auto& each) {
                                return names.contains(normal_name(each.value.value_or("")));
                              });
      if (leads_here) result.records.push_back({id, record});
    }
  }
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
  });
  result.load_balancers = std::move(classic);
  std::ranges::move(newer, std::back_inserter(result.load_balancers));
  if (!result.load_balancers.empty()) read_records(session, result);
  return result;
}

}  // namespace asiaq::environment
