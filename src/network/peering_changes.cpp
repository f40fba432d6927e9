#include "network/peering_changes.h"

#include <fmt/format.h>

#include <algorithm>

#include "aws/absence.h"
#include "aws/ec2/client.h"
#include "aws/error.h"
#include "network/error.h"
#include "network/names.h"
#include "network/repeating.h"

namespace asiaq::network {

namespace {

constexpr Seconds activation_limit{300};

/// The best of the live connections of the pair, or null.
const Peering* connection_between(const std::vector<Peering>& present,
                                  const WantedPeering& wanted) {
  const Peering* best = nullptr;
  if (wanted.first.id.empty() || wanted.second.id.empty()) return best;
  for (const Peering& peering : present) {
    if (!peering.is_live() || !peering.connects(wanted.first.id, wanted.second.id)) continue;
    if (best == nullptr || peering.status == "active") best = &peering;
  }
  return best;
}

/// One that has been accepted is in a state in which it cannot be again.
void accept(const aws::ec2::Client& ec2, const std::string& id) {
  try {
    ec2.accept_vpc_peering_connection({.vpc_peering_connection_id = id});
  } catch (const aws::ServiceError& error) {
    if (!error.has_code("InvalidStateTransition")) throw;
  }
}

/// The live connection that `requester` asked for, or empty.
std::string connection_from(const aws::ec2::Client& ec2, const std::string& requester,
                            const std::string& accepter) {
  for (const Peering& peering : observe_peerings(ec2)) {
    const bool is_it = peering.requester.vpc_id == requester && peering.accepter.vpc_id == accepter;
    if (is_it && peering.is_live()) return peering.id;
  }
  return {};
}

/// Accepts the connection as soon as that is possible and waits until it is active.
void activate(const aws::ec2::Client& ec2, const std::string& id) {
  aws::WaitOptions options{.what = fmt::format("peering connection {} to be there", id),
                           .limit = activation_limit};
  ec2.wait_until_vpc_peering_connection_acceptable({.vpc_peering_connection_ids = {id}}, options);
  accept(ec2, id);
  options.what = fmt::format("peering connection {} to be active", id);
  ec2.wait_until_vpc_peering_connection_active({.vpc_peering_connection_ids = {id}}, options);
}

const PeeringSide::Network& network_of(const PeeringSide& side, const Vpc& vpc,
                                       const std::string& metanetwork) {
  const auto found = side.metanetworks.find(metanetwork);
  if (found == side.metanetworks.end() || found->second.tables.empty()) {
    throw VpcEnvironmentError(
        fmt::format("VPC {} ({}) has no subnets or route tables of metanetwork {} "
                    "to peer",
                    vpc.name, vpc.id, metanetwork));
  }
  return found->second;
}

/// By the metanetwork in whose tables the routes go.
using Destinations = std::map<std::string, DesiredRoutes>;

void add_routes(plan::Plan& plan, const aws::ec2::Client& ec2, const PeeringSide& side,
                const Destinations& destinations) {
  for (const auto& [metanetwork, desired] : destinations) {
    for (const PlannedTable& table : side.metanetworks.at(metanetwork).tables) {
      RouteDifference missing = difference(table.routes, desired);
      missing.remove.clear();
      add_route_changes(plan, ec2, table, missing);
    }
  }
}

Reference add_connection(plan::Plan& plan, const aws::ec2::Client& ec2, const std::string& name,
                         const Reference& requester, const Reference& accepter,
                         const Peering* present) {
  Reference connection(present == nullptr ? "" : present->id);
  if (present != nullptr && present->status == "active") return connection;
  if (present == nullptr) {
    connection.after = {plan.add({
        .verb = plan::Verb::create,
        .resource = connection.resource("peering connection", name),
        .carry_out =
            [ec2, connection, requester, accepter, name] {
              const aws::ec2::CreateVpcPeeringConnectionRequest request{
                  .tag_specifications = tagged("vpc-peering-connection", {{tag::name, name}}),
                  .vpc_id = requester.id(),
                  .peer_vpc_id = accepter.id()};
              connection.set(create_once(
                  {.what = "peering connection " + name,
                   .create =
                       [&] {
                         const auto made = ec2.create_vpc_peering_connection(request);
                         return made.vpc_peering_connection->vpc_peering_connection_id.value();
                       },
                   .find = [&] { return connection_from(ec2, requester.id(), accepter.id()); }}));
            },
        .after = after(requester, accepter),
    })};
  }
  connection.after = {plan.add({
      .verb = plan::Verb::update,
      .resource = connection.resource("peering connection", name),
      .details = {"accept it and wait until it is active"},
      .carry_out = [ec2, connection] { activate(ec2, connection.id()); },
      .after = connection.after,
  })};
  return connection;
}

}  // namespace

PeeringSide peering_side(const Vpc& vpc, const Metanetworks& metanetworks,
                         const std::vector<RouteTable>& tables) {
  PeeringSide side{.vpc = Reference(vpc.id)};
  for (const auto& [name, metanetwork] : metanetworks) {
    if (metanetwork.subnets.empty()) continue;
    PeeringSide::Network& network = side.metanetworks[name];
    network.range = metanetwork.range();
    for (const RouteTable& table : tables) {
      if (table.vpc_id != vpc.id || table.metanetwork != name) continue;
      network.tables.push_back({.name = table.name.empty() ? table.id : table.name,
                                .table = Reference(table.id),
                                .routes = table.routes});
    }
  }
  return side;
}

PeeringSide peering_side(const Reference& vpc,
                         const std::vector<PlannedMetanetwork>& metanetworks) {
  PeeringSide side{.vpc = vpc};
  for (const PlannedMetanetwork& metanetwork : metanetworks) {
    std::vector<Cidr> ranges;
    for (const auto& zone : metanetwork.zones) ranges.push_back(zone.range);
    side.metanetworks[metanetwork.name] = {.range = enclosing(ranges).value_or(Cidr()),
                                           .tables = metanetwork.tables()};
  }
  return side;
}

void add_peering(plan::Plan& plan, const aws::ec2::Client& ec2, const WantedPeering& wanted,
                 const PeeringSide& first, const PeeringSide& second,
                 const std::vector<Peering>& present) {
  Destinations of_first;
  Destinations of_second;
  const std::string name = fmt::format("{}-{}", wanted.first.name, wanted.second.name);
  for (const auto& [one, other] : wanted.metanetworks) {
    network_of(first, wanted.first, one);
    network_of(second, wanted.second, other);
  }
  const Reference connection =
      add_connection(plan, ec2, name, first.vpc, second.vpc, connection_between(present, wanted));
  for (const auto& [one, other] : wanted.metanetworks) {
    of_first[one][network_of(second, wanted.second, other).range] = {
        .description = fmt::format("{} in VPC {}", other, wanted.second.name),
        .resource = connection};
    of_second[other][network_of(first, wanted.first, one).range] = {
        .description = fmt::format("{} in VPC {}", one, wanted.first.name), .resource = connection};
  }
  add_routes(plan, ec2, first, of_first);
  add_routes(plan, ec2, second, of_second);
}

std::vector<plan::ChangeId> add_peering_removal(plan::Plan& plan, const aws::ec2::Client& ec2,
                                                const Peering& peering,
                                                const std::vector<PeeringRoute>& routes,
                                                const std::vector<plan::ChangeId>& before) {
  std::vector<plan::ChangeId> gone = before;
  for (const PeeringRoute& route : routes) {
    if (route.peering_id != peering.id) continue;
    const std::string destination = route.destination.to_string();
    gone.push_back(plan.add(
        {.verb = plan::Verb::remove,
         .resource = {.kind = "route", .name = fmt::format("{} {}", route.table_id, destination)},
         .details = {"over peering connection " + peering.id},
         .carry_out =
             [ec2, table = route.table_id, destination] {
               aws::ignoring_absence([&] {
                 ec2.delete_route({.route_table_id = table, .destination_cidr_block = destination});
               });
             },
         .after = before}));
  }
  return {plan.add({.verb = plan::Verb::remove,
                    .resource = {.kind = "peering connection",
                                 .name = peering.name.empty() ? peering.id : peering.name,
                                 .id = peering.id},
                    .carry_out =
                        [ec2, id = peering.id] {
                          aws::ignoring_absence([&] {
                            ec2.delete_vpc_peering_connection({.vpc_peering_connection_id = id});
                          });
                        },
                    .after = gone})};
}

}  // namespace asiaq::network
