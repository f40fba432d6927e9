// What there is of an environment's network, and of those that it is or should be connected to.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "network/dhcp_changes.h"
#include "network/elastic_ip.h"
#include "network/gateways.h"
#include "network/metanetwork_changes.h"
#include "network/nat_gateway.h"
#include "network/peering.h"
#include "network/s3_endpoint.h"
#include "network/security_group.h"

namespace asiaq::aws {
class Session;
}

namespace asiaq::environment {

struct Observation {
  network::ObservedMetanetworks metanetworks;  ///< Of this VPC: subnets, groups, all its tables.
  std::map<std::string, network::SecurityGroup> groups;  ///< By metanetwork.
  std::vector<network::InternetGateway> internet_gateways;
  std::optional<network::VpnGateway> vpn_gateway;
  std::vector<network::DhcpSet> dhcp_sets;
  std::optional<network::S3Endpoint> s3_endpoint;
  std::vector<network::NatGateway> nat_gateways;
  std::vector<network::Peering> peerings;  ///< All of the region.

  std::map<std::string, network::Metanetworks> peers;  ///< Of other VPCs, by id, without groups.
  std::vector<network::RouteTable> peer_tables;
};

/// One paginated Describe per kind of resource, all at once. Subnets and tables of `peers` (ids of
/// other VPCs) come with this VPC's own. `peerings` are passed on: who the peers are depends on
/// them.
Observation observe_network(aws::Session& session, const network::Vpc& vpc,
                            const std::vector<std::string>& peers,
                            std::vector<network::Peering> peerings);

/// As far as it is about other VPCs, for an environment that is yet to be made.
Observation observe_peers(aws::Session& session, const std::vector<std::string>& peers);

}  // namespace asiaq::environment
