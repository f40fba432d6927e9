// The changes that make metanetworks: security group, and per zone a subnet with its route table.
#pragma once

#include <map>
#include <optional>
#include <set>
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
    PlannedTable table;  ///< That of the zone, or the central one.
  };
  std::string name;
  Reference group;
  std::vector<Zone> zones;  ///< In the order of their names.
  /// The one table of the whole metanetwork, in environments of the first layout.
  std::optional<PlannedTable> central_table;

  /// The table of every zone, or the central one.
  std::vector<PlannedTable> tables() const;
};

/// Null if there is none of that name.
const PlannedMetanetwork* find(const std::vector<PlannedMetanetwork>& metanetworks,
                               const std::string& name);

/// A metanetwork as it will be, for arithmetic; ids that are not known yet are empty. Pure.
Metanetwork as_metanetwork(const PlannedMetanetwork& planned);

/// What has already been made of an environment.
struct ObservedMetanetworks {
  Metanetworks metanetworks;
  std::vector<RouteTable> tables;
};

struct MetanetworkTarget {
  std::string environment;
  Reference vpc;
  TagMap tags;  ///< Given to every subnet and route table besides their own.
  /// Metanetworks that need a route table per zone: a central one is replaced by such.
  std::set<std::string> tables_per_zone;
};

/// The zones of a metanetwork (names in order) and their ranges.
struct MetanetworkLayout {
  struct Zone {
    std::string zone;
    Cidr range;
  };
  std::string metanetwork;
  std::vector<Zone> zones;
};

/// Each range divided among the zones. Pure.
std::vector<MetanetworkLayout> divided(const std::vector<MetanetworkRange>& ranges,
                                       const std::vector<std::string>& zones);

/// The layout of one that is there. Pure.
MetanetworkLayout layout_of(const Metanetwork& metanetwork);

/// Fills in, for each `auto` metanetwork of which a subnet is there, the range it was cut from.
/// Pure.
std::vector<RangeRequest> with_observed_ranges(std::vector<RangeRequest> requests,
                                               const Metanetworks& observed, std::size_t zones);

/// Adds whatever is missing of the layouts. Throws VpcEnvironmentError if a metanetwork has several
/// central tables.
std::vector<PlannedMetanetwork> add_metanetworks(plan::Plan& plan, const aws::ec2::Client& ec2,
                                                 const MetanetworkTarget& target,
                                                 const std::vector<MetanetworkLayout>& layouts,
                                                 const ObservedMetanetworks& observed);

}  // namespace asiaq::network
