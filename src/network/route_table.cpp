#include "network/route_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "aws/absence.h"
#include "aws/ec2/client.h"
#include "aws/error.h"
#include "network/names.h"
#include "network/tags.h"

namespace asiaq::network {

namespace {

ObservedRoute observed_route(const Cidr& destination, const aws::ec2::Route& route) {
  ObservedRoute result{.destination = destination};
  const std::string gateway = route.gateway_id.value_or("");
  if (!gateway.empty()) {
    result.target = gateway;
    const bool is_gateway = gateway.starts_with("igw-") || gateway.starts_with("vgw-");
    if (gateway == "local") {
      result.owner = ObservedRoute::Owner::fixed;
    } else if (!is_gateway || route.origin == "EnableVgwRoutePropagation") {
      result.owner = ObservedRoute::Owner::other;
      result.is_propagated = is_gateway;
    }
    return result;
  }
  result.owner = ObservedRoute::Owner::other;
  for (const auto& target :
       {route.nat_gateway_id, route.vpc_peering_connection_id, route.transit_gateway_id,
        route.network_interface_id, route.instance_id, route.local_gateway_id,
        route.carrier_gateway_id, route.core_network_arn}) {
    if (target && !target->empty()) {
      result.target = *target;
      break;
    }
  }
  return result;
}

plan::Resource resource(const PlannedTable& table, const Cidr& destination) {
  return {.kind = "route", .name = fmt::format("{} {}", table.name, destination.to_string())};
}

/// The member of a request that takes ids of this kind; EC2 has one for each.
template <class Request>
std::optional<std::string>& target_member(Request& request, const std::string& id) {
  if (id.starts_with("nat-")) return request.nat_gateway_id;
  if (id.starts_with("pcx-")) return request.vpc_peering_connection_id;
  if (id.starts_with("tgw-")) return request.transit_gateway_id;
  if (id.starts_with("eni-")) return request.network_interface_id;
  if (id.starts_with("i-")) return request.instance_id;
  if (id.starts_with("vpce-")) return request.vpc_endpoint_id;
  if (id.starts_with("lgw-")) return request.local_gateway_id;
  if (id.starts_with("cagw-")) return request.carrier_gateway_id;
  if (id.starts_with("arn:")) return request.core_network_arn;
  return request.gateway_id;
}

void replace_route(const aws::ec2::Client& ec2, const std::string& table,
                   const std::string& destination, const std::string& target) {
  aws::ec2::ReplaceRouteRequest request{.route_table_id = table,
                                        .destination_cidr_block = destination};
  target_member(request, target) = target;
  ec2.replace_route(request);
}

void create_route(const aws::ec2::Client& ec2, const std::string& table,
                  const std::string& destination, const std::string& target) {
  aws::ec2::CreateRouteRequest request{.route_table_id = table,
                                       .destination_cidr_block = destination};
  target_member(request, target) = target;
  try {
    ec2.create_route(request);
  } catch (const aws::ServiceError& error) {
    // Somebody else was faster, or gave the destination to another target.
    if (!error.has_code("RouteAlreadyExists")) throw;
    replace_route(ec2, table, destination, target);
  }
}

void delete_route(const aws::ec2::Client& ec2, const std::string& table,
                  const std::string& destination) {
  aws::ignoring_absence(
      [&] { ec2.delete_route({.route_table_id = table, .destination_cidr_block = destination}); });
}

}  // namespace

bool RouteTable::is_main() const {
  return std::ranges::any_of(associations, &Association::is_main);
}

bool RouteTable::serves(const std::string& subnet_id) const {
  return std::ranges::find(associations, subnet_id, &Association::subnet_id) != associations.end();
}

std::vector<RouteTable> observe_route_tables(const aws::ec2::Client& ec2,
                                             const std::vector<std::string>& vpc_ids) {
  std::vector<RouteTable> result;
  for (const aws::ec2::RouteTable& table : ec2.describe_route_tables_all(
           {.filters = {{.name = "vpc-id", .values = {vpc_ids.begin(), vpc_ids.end()}}}})) {
    RouteTable& entry = result.emplace_back();
    entry.id = table.route_table_id.value_or("");
    entry.vpc_id = table.vpc_id.value_or("");
    entry.name = tag_value(table.tags, tag::name);
    entry.metanetwork = tag_value(table.tags, tag::metanetwork);
    entry.zone = tag_value(table.tags, tag::subnet);
    for (const auto& association : table.associations) {
      entry.associations.push_back({.id = association.route_table_association_id.value_or(""),
                                    .subnet_id = association.subnet_id.value_or(""),
                                    .is_main = association.main.value_or(false)});
    }
    for (const aws::ec2::Route& route : table.routes) {
      if (const auto destination = Cidr::parse(route.destination_cidr_block.value_or(""))) {
        entry.routes.push_back(observed_route(*destination, route));
      }
    }
  }
  return result;
}

std::vector<plan::ChangeId> add_route_changes(plan::Plan& plan, const aws::ec2::Client& ec2,
                                              const PlannedTable& table,
                                              const RouteDifference& difference) {
  std::vector<plan::ChangeId> changes;
  const auto add = [&](plan::Verb verb, const Cidr& destination, const RouteTarget& target) {
    changes.push_back(plan.add({
        .verb = verb,
        .resource = resource(table, destination),
        .details = {"to " + target.description +
                    (target.resource.id().empty() ? "" : " (" + target.resource.id() + ")")},
        .carry_out =
            [ec2, verb, target = target.resource, table = table.table,
             to = destination.to_string()] {
              const auto write = verb == plan::Verb::create ? create_route : replace_route;
              write(ec2, table.id(), to, target.id());
            },
        .after = after(table.table, target.resource),
    }));
  };
  for (const auto& [to, target] : difference.create) add(plan::Verb::create, to, target);
  for (const auto& [to, target] : difference.replace) add(plan::Verb::replace, to, target);
  std::vector<plan::ChangeId> before_removal = table.table.after;
  before_removal.insert(before_removal.end(), changes.begin(), changes.end());
  for (const Cidr& destination : difference.remove) {
    changes.push_back(plan.add({
        .verb = plan::Verb::remove,
        .resource = resource(table, destination),
        .carry_out = [ec2, table = table.table,
                      to = destination.to_string()] { delete_route(ec2, table.id(), to); },
        .after = before_removal,
    }));
  }
  return changes;
}

}  // namespace asiaq::network
