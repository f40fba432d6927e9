#include "environment/observation.h"

#include <utility>

#include "aws/ec2/client.h"
#include "aws/session.h"
#include "base/parallel.h"

namespace asiaq::environment {

namespace {

using namespace network;

/// Subnets and tables of one VPC apart from those of the others.
void divide(Observation& observation, const std::string& vpc_id,
            std::map<std::string, Metanetworks> subnets, const std::vector<RouteTable>& tables) {
  if (auto own = subnets.extract(vpc_id)) {
    observation.metanetworks.metanetworks = std::move(own.mapped());
  }
  observation.peers = std::move(subnets);
  for (const RouteTable& table : tables) {
    (table.vpc_id == vpc_id ? observation.metanetworks.tables : observation.peer_tables)
        .push_back(table);
  }
}

}  // namespace

Observation observe_network(aws::Session& session, const Vpc& vpc,
                            const std::vector<std::string>& peers, std::vector<Peering> peerings) {
  const aws::ec2::Client ec2(session);
  Observation result{.peerings = std::move(peerings)};
  std::vector<std::string> all = peers;
  all.push_back(vpc.id);
  std::map<std::string, Metanetworks> subnets;
  std::vector<RouteTable> tables;
  in_parallel({
      [&] { subnets = observe_subnets(ec2, all); },
      [&] { tables = observe_route_tables(ec2, all); },
      [&] { result.groups = observe_security_groups(ec2, vpc.id); },
      [&] { result.internet_gateways = observe_internet_gateways(ec2, vpc.id); },
      [&] { result.vpn_gateway = observe_vpn_gateway(ec2, vpc.name); },
      [&] { result.dhcp_sets = observe_dhcp_sets(ec2, vpc.name); },
      [&] { result.s3_endpoint = observe_s3_endpoint(ec2, vpc.id, session.region()); },
      [&] { result.nat_gateways = observe_nat_gateways(ec2, vpc.id); },
  });
  divide(result, vpc.id, std::move(subnets), tables);
  Metanetworks& metanetworks = result.metanetworks.metanetworks;
  for (const auto& [name, group] : result.groups) {
    metanetworks[name].name = name;
    metanetworks[name].group_id = group.id;
  }
  claim_nat_routes(result.metanetworks.tables, metanetworks, result.nat_gateways);
  return result;
}

Observation observe_peers(aws::Session& session, const std::vector<std::string>& peers) {
  Observation result;
  if (peers.empty()) return result;
  const aws::ec2::Client ec2(session);
  in_parallel({[&] { result.peers = observe_subnets(ec2, peers); },
               [&] { result.peer_tables = observe_route_tables(ec2, peers); }});
  return result;
}

}  // namespace asiaq::environment
