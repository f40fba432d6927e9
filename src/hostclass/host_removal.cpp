#include "hostclass/host_removal.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace asiaq::hostclass {

namespace {

aws::ec2::DeleteRouteRequest deletion_of(const std::string& table, const aws::ec2::Route& route) {
  return {.destination_prefix_list_id = route.destination_prefix_list_id,
          .route_table_id = table,
          .destination_cidr_block = route.destination_cidr_block,
          .destination_ipv6_cidr_block = route.destination_ipv6_cidr_block};
}

std::string destination_of(const aws::ec2::Route& route) {
  return route.destination_cidr_block.value_or(
      route.destination_ipv6_cidr_block.value_or(route.destination_prefix_list_id.value_or("-")));
}

/// Deletes every route to one of the hosts; gives the changes.
std::vector<plan::ChangeId> add_route_deletions(plan::Plan& plan, const Clients& clients,
                                                const std::string& vpc,
                                                const std::vector<std::string>& ids) {
  std::vector<plan::ChangeId> deletions;
  const auto tables =
      clients.ec2.describe_route_tables_all({.filters = {{.name = "vpc-id", .values = {vpc}}}});
  for (const auto& table : tables) {
    for (const auto& route : table.routes) {
      if (!route.instance_id || std::ranges::find(ids, *route.instance_id) == ids.end()) continue;
      const std::string table_id = table.route_table_id.value_or("");
      deletions.push_back(
          plan.add({.verb = plan::Verb::remove,
                    .resource = {.kind = "route to " + destination_of(route), .name = table_id},
                    .details = {fmt::format("by host {}", *route.instance_id)},
                    .carry_out = [ec2 = clients.ec2, request = deletion_of(table_id, route)] {
                      ec2.delete_route(request);
                    }}));
    }
  }
  return deletions;
}

std::vector<std::string> names_of(const std::vector<Host>& hosts) {
  std::vector<std::string> lines;
  for (const Host& host : hosts) {
    lines.push_back(
        fmt::format("{} ({}, {})", host.id, host.tag("hostclass").value_or("-"), host.state));
  }
  return lines;
}

std::vector<std::string> ids_of(const std::vector<Host>& hosts) {
  std::vector<std::string> ids;
  for (const Host& host : hosts) ids.push_back(host.id);
  return ids;
}

}  // namespace

HostPlan plan_termination(const Clients& clients, const std::string& vpc,
                          const std::vector<Host>& hosts) {
  std::vector<Host> going = hosts;
  std::erase_if(going, [](const Host& host) { return host.is_going(); });
  HostPlan result{.hosts = ids_of(going)};
  if (going.empty()) return result;
  auto routes = add_route_deletions(result.plan, clients, vpc, result.hosts);
  result.plan.add(
      {.verb = plan::Verb::remove,
       .resource = {.kind = "hosts", .name = join(result.hosts, ", ")},
       .details = names_of(going),
       .carry_out = [ec2 = clients.ec2,
                     ids = result.hosts] { ec2.terminate_instances({.instance_ids = ids}); },
       .after = std::move(routes)});
  return result;
}

HostPlan plan_stop(const Clients& clients, const std::vector<Host>& hosts) {
  const std::vector<Host> up = [&] {
    std::vector<Host> some = hosts;
    std::erase_if(some, [](const Host& host) { return !host.is_up(); });
    return some;
  }();
  HostPlan result{.hosts = ids_of(up)};
  if (up.empty()) return result;
  result.plan.add({.verb = plan::Verb::update,
                   .resource = {.kind = "hosts", .name = join(result.hosts, ", ")},
                   .details = {"stopped"},
                   .carry_out = [ec2 = clients.ec2, ids = result.hosts] {
                     ec2.stop_instances({.instance_ids = ids});
                   }});
  return result;
}

plan::Plan plan_tag(const Clients& clients, const std::vector<Host>& hosts, const std::string& key,
                    const std::string& value) {
  std::vector<Host> differing = hosts;
  std::erase_if(differing, [&](const Host& host) {
    const auto tag = host.tags.find(key);
    return value.empty() ? tag == host.tags.end() : tag != host.tags.end() && tag->second == value;
  });
  plan::Plan plan;
  if (differing.empty()) return plan;
  const std::vector<std::string> ids = ids_of(differing);
  plan.add({.verb = value.empty() ? plan::Verb::remove : plan::Verb::update,
            .resource = {.kind = "tag " + key + " of", .name = join(ids, ", ")},
            .details = value.empty() ? std::vector<std::string>{} : std::vector<std::string>{value},
            .carry_out = [ec2 = clients.ec2, ids, key, value] {
              if (value.empty()) {
                ec2.delete_tags({.resources = ids, .tags = {{.key = key}}});
              } else {
                ec2.create_tags({.resources = ids, .tags = {{.key = key, .value = value}}});
              }
            }});
  return plan;
}

std::string result_line(const std::string& done, const std::vector<std::string>& ids) {
  std::vector<std::string> words;
  for (const std::string& id : ids) words.push_back("Instance:" + id);
  return fmt::format("{}: {}", done, join(words, ","));
}

}  // namespace asiaq::hostclass
