#include "network/route_table.h"

#include <fmt/format.h>

#include <algorithm>

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
    }
    return result;
  }
  result.owner = ObservedRoute::Owner::other;
  for (const auto& target : {route.nat_gateway_id, route.vpc_peering_connection_id,
                             route.transit_gateway_id, route.network_interface_id,
                             route.instance_id}) {
    if (target && !target->empty()) {
      result.target = *target;
      break;
    }
  }
  return result;
}

plan::Resource resource(const TableRoutes& table, const Cidr& destination) {
  return {.kind = "route", .name = fmt::format("{} {}", table.name, destination.to_string())};
}

void replace_route(const aws::ec2::Client& ec2, const std::string& table,
                   const std::string& destination, const std::string& gateway) {
  ec2.replace_route({.route_table_id = table,
                     .destination_cidr_block = destination,
                     .gateway_id = gateway});
}

void create_route(const aws::ec2::Client& ec2, const std::string& table,
                  const std::string& destination, const std::string& gateway) {
  try {
    ec2.create_route({.route_table_id = table,
                      .destination_cidr_block = destination,
                      .gateway_id = gateway});
  } catch (const aws::ServiceError& error) {
    // Somebody else was faster, or gave the destination to another target.
    if (!error.has_code("RouteAlreadyExists")) throw;
    replace_route(ec2, table, destination, gateway);
  }
}

}  // namespace

bool RouteTable::is_main() const {
  return std::ranges::any_of(associations, &Association::is_main);
}

bool RouteTable::serves(const std::string& subnet_id) const {
  return std::ranges::find(associations, subnet_id, &Association::subnet_id) != associations.end();
}

std::vector<RouteTable> observe_route_tables(const aws::ec2::Client& ec2,
                                             const std::string& vpc_id) {
  std::vector<RouteTable> result;
  for (const aws::ec2::RouteTable& table : ec2.describe_route_tables_all(
           {.filters = {{.name = "vpc-id", .values = {vpc_id}}}})) {
    RouteTable& entry = result.emplace_back();
    entry.id = table.route_table_id.value_or("");
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
                                              const TableRoutes& table,
                                              const RouteDifference& difference) {
  std::vector<plan::ChangeId> changes;
  const auto add = [&](plan::Verb verb, const RouteDifference::Entry& entry) {
    const Reference gateway = table.gateways.at(entry.gateway);
    changes.push_back(plan.add({
        .verb = verb,
        .resource = resource(table, entry.destination),
        .details = {fmt::format("to the {}", to_string(entry.gateway))},
        .carry_out =
            [ec2, verb, gateway, table = table.table, to = entry.destination.to_string()] {
              const auto write = verb == plan::Verb::create ? create_route : replace_route;
              write(ec2, table.id(), to, gateway.id());
            },
        .after = after(table.table, gateway),
    }));
  };
  for (const auto& entry : difference.create) add(plan::Verb::create, entry);
  for (const auto& entry : difference.replace) add(plan::Verb::replace, entry);
  std::vector<plan::ChangeId> before_removal = table.table.after;
  before_removal.insert(before_removal.end(), changes.begin(), changes.end());
  for (const Cidr& destination : difference.remove) {
    changes.push_back(plan.add({
        .verb = plan::Verb::remove,
        .resource = resource(table, destination),
        .carry_out =
            [ec2, table = table.table, destination = destination.to_string()] {
              ec2.delete_route(
                  {.route_table_id = table.id(), .destination_cidr_block = destination});
            },
        .after = before_removal,
    }));
  }
  return changes;
}

}  // namespace asiaq::network
