#include "environment/service_teardown.h"

#include <fmt/format.h>

#include <algorithm>

#include "aws/cloudwatch/client.h"
#include "aws/elb/client.h"
#include "aws/elbv2/client.h"
#include "aws/logs/client.h"
#include "aws/route53/client.h"
#include "aws/session.h"
#include "network/repeating.h"

namespace asiaq::environment {

namespace {

using Steps = std::vector<plan::ChangeId>;
using network::ignoring_absence;

/// As many as one call may name.
constexpr std::size_t alarms_per_call = 100;

void delete_alarms(const aws::cloudwatch::Client& cloudwatch,
                   const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < names.size(); i += alarms_per_call) {
    const auto first = names.begin() + static_cast<std::ptrdiff_t>(i);
    const auto count = static_cast<std::ptrdiff_t>(std::min(alarms_per_call, names.size() - i));
    cloudwatch.delete_alarms({.alarm_names = {first, first + count}});
  }
}

void delete_record(const aws::route53::Client& route53, const ServiceInventory::Record& record) {
  try {
    route53.change_resource_record_sets(
        {.hosted_zone_id = record.zone_id,
         .change_batch = aws::route53::ChangeBatch{
             .changes = {{.action = "DELETE", .resource_record_set = record.record}}}});
  } catch (const aws::ServiceError& error) {
    // Route 53's code for a record that is not there, or no longer as it was.
    if (!error.has_code("InvalidChangeBatch")) throw;
  }
}

}  // namespace

void add_monitoring_removal(plan::Plan& plan, aws::Session& session,
                            const ServiceInventory& inventory, const std::string& environment) {
  if (!inventory.alarms.empty()) {
    plan.add({.verb = plan::Verb::remove,
              .resource = {.kind = "alarms of", .name = environment},
              .details = inventory.alarms,
              .carry_out = [client = aws::cloudwatch::Client(session), names = inventory.alarms] {
                delete_alarms(client, names);
              }});
  }
  for (const ServiceInventory::MetricFilter& filter : inventory.metric_filters) {
    plan.add({.verb = plan::Verb::remove,
              .resource = {.kind = "metric filter",
                           .name = fmt::format("{} {}", filter.log_group, filter.name)},
              .carry_out = [client = aws::logs::Client(session), filter] {
                ignoring_absence([&] {
                  client.delete_metric_filter(
                      {.log_group_name = filter.log_group, .filter_name = filter.name});
                });
              }});
  }
}

void add_log_removal(plan::Plan& plan, aws::Session& session, const ServiceInventory& inventory,
                     const Steps& hosts) {
  for (const std::string& name : inventory.log_groups) {
    plan.add({.verb = plan::Verb::remove,
              .resource = {.kind = "log group", .name = name},
              .carry_out =
                  [client = aws::logs::Client(session), name] {
                    ignoring_absence([&] { client.delete_log_group({.log_group_name = name}); });
                  },
              .after = hosts});
  }
}

Steps add_load_balancer_removal(plan::Plan& plan, aws::Session& session,
                                const ServiceInventory& inventory, const Steps& before) {
  Steps unnamed = before;
  for (const ServiceInventory::Record& record : inventory.records) {
    unnamed.push_back(
        plan.add({.verb = plan::Verb::remove,
                  .resource = {.kind = "DNS record", .name = record.record.name.value_or("")},
                  .carry_out = [client = aws::route53::Client(session),
                                record] { delete_record(client, record); },
                  .after = before}));
  }
  Steps gone = unnamed;
  for (const ServiceInventory::LoadBalancer& each : inventory.load_balancers) {
    gone.push_back(plan.add(
        {.verb = plan::Verb::remove,
         .resource = {.kind = "load balancer", .name = each.name},
         .carry_out =
             [classic = aws::elb::Client(session), newer = aws::elbv2::Client(session), each] {
               ignoring_absence([&] {
                 if (each.arn.empty()) {
                   classic.delete_load_balancer({.load_balancer_name = each.name});
                 } else {
                   newer.delete_load_balancer({.load_balancer_arn = each.arn});
                 }
               });
             },
         .after = unnamed}));
  }
  Steps result = gone;
  for (const ServiceInventory::TargetGroup& group : inventory.target_groups) {
    result.push_back(plan.add({.verb = plan::Verb::remove,
                               .resource = {.kind = "target group", .name = group.name},
                               .carry_out =
                                   [client = aws::elbv2::Client(session), group] {
                                     ignoring_absence([&] {
                                       client.delete_target_group({.target_group_arn = group.arn});
                                     });
                                   },
                               .after = gone}));
  }
  return result;
}

}  // namespace asiaq::environment
