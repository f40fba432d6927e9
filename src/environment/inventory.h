// Everything that is there in an environment, for taking it down.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "aws/ec2/types.h"
#include "environment/service_inventory.h"
#include "network/dhcp_changes.h"
#include "network/gateways.h"
#include "network/peering.h"
#include "network/route_table.h"
#include "network/vpc.h"

namespace asiaq::aws {
class Session;
}

namespace asiaq::environment {

struct Inventory {
  struct Named {
    std::string id;
    std::string name;
  };
  struct Group {
    std::string id;
    std::string name;
    bool is_default = false;
    /// The rules that mention other groups, and so keep those from being deleted.
    aws::List<aws::ec2::IpPermission> ingress;
    aws::List<aws::ec2::IpPermission> egress;
  };
  struct NatGateway {
    std::string id;
    bool is_gone = false;  ///< Deleted or being deleted; AWS lists it for about an hour.
    std::vector<std::string> allocations;  ///< Of its addresses.
  };

  network::Vpc vpc;
  ServiceInventory services;
  std::vector<std::string> scaling_groups;
  std::vector<std::string> launch_configurations;
  std::vector<Named> launch_templates;
  std::vector<Named> instances;  ///< Not terminated yet.
  std::vector<Named> endpoints;
  std::vector<network::Peering> peerings;             ///< Live ones.
  std::vector<network::PeeringRoute> peering_routes;  ///< In both VPCs.
  std::vector<NatGateway> nat_gateways;
  std::vector<std::string> own_allocations;  ///< Elastic IPs that were allocated for it.
  std::vector<Named> interfaces;
  std::vector<Group> groups;
  std::vector<Named> subnets;
  std::vector<network::RouteTable> tables;
  std::vector<network::InternetGateway> internet_gateways;
  std::optional<network::VpnGateway> vpn_gateway;  ///< Only if it is attached to this VPC.
  std::vector<network::DhcpSet> dhcp_sets;         ///< Those attached to this VPC or made for it.
};

/// One paginated Describe per kind of resource, all at once.
Inventory observe_inventory(aws::Session& session, const network::Vpc& vpc);

}  // namespace asiaq::environment
