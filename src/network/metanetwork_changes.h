// The changes that make metanetworks: security group, and per zone a subnet with its route table.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "network/address_plan.h"
#include "network/metanetwork.h"
#include "network/reference.h"
#include "network/route_table.h"

namespace asiaq::network {

/// A metanetwork that is there or will be.
struct PlannedMetanetwork {
  struct Zone {
    std::string zone;
    std::string name;  ///< Of the subnet and its table: `demo_tunnel_us-west-2a`
    Cidr range;
    Reference subnet;
    Reference table;
    std::vector<ObservedRoute> routes;  ///< Of the table, if it was there.
  };
  std::string name;
  Reference group;
  std::vector<Zone> zones;  ///< In the order of their names.
};

/// What has already been made of an environment.
struct ObservedMetanetworks {
  Metanetworks metanetworks;
  std::vector<RouteTable> tables;
};

struct MetanetworkTarget {
  std::string environment;
  Reference vpc;
  TagMap tags;  ///< Given to every subnet and route table besides their own.
};

/// Fills in, for each `auto` metanetwork of which a subnet is there, the range it was cut from.
/// Pure.
std::vector<RangeRequest> with_observed_ranges(std::vector<RangeRequest> requests,
                                               const Metanetworks& observed, std::size_t zones);

/// Adds whatever is missing of `ranges` in `zones` (names in order).
std::vector<PlannedMetanetwork> add_metanetworks(plan::Plan& plan, const aws::ec2::Client& ec2,
                                                 const MetanetworkTarget& target,
                                                 const std::vector<MetanetworkRange>& ranges,
                                                 const std::vector<std::string>& zones,
                                                 const ObservedMetanetworks& observed);

}  // namespace asiaq::network
