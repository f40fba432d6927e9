// The changes that connect two VPCs, or part them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "network/metanetwork.h"
#include "network/metanetwork_changes.h"
#include "network/peering.h"
#include "network/peering_lines.h"

namespace asiaq::network {

/// What a connection needs to know of one of its VPCs.
struct PeeringSide {
  struct Network {
    Cidr range;  ///< The smallest range that holds all subnets: where the other side's routes lead
                 ///< to.
    std::vector<PlannedTable> tables;
  };
  Reference vpc;
  std::map<std::string, Network> metanetworks;
};

/// Of a VPC that is there. Pure.
PeeringSide peering_side(const Vpc& vpc, const Metanetworks& metanetworks,
                         const std::vector<RouteTable>& tables);

/// Of one that the plan makes or changes. Pure.
PeeringSide peering_side(const Reference& vpc, const std::vector<PlannedMetanetwork>& metanetworks);

/// Adds the connection as far as it is missing (made, accepted, active), and the routes of every
/// pair of metanetworks in the tables of both sides. `present` are the region's connections. Throws
/// VpcEnvironmentError if a side lacks a metanetwork or its tables.
void add_peering(plan::Plan& plan, const aws::ec2::Client& ec2, const WantedPeering& wanted,
                 const PeeringSide& first, const PeeringSide& second,
                 const std::vector<Peering>& present);

/// Adds the deletion of the connection's routes in both VPCs, then its own; gives the changes after
/// which it is gone.
std::vector<plan::ChangeId> add_peering_removal(plan::Plan& plan, const aws::ec2::Client& ec2,
                                                const Peering& peering,
                                                const std::vector<PeeringRoute>& routes,
                                                const std::vector<plan::ChangeId>& before);

}  // namespace asiaq::network
