// Routes of a route table: what is there, what should be, difference.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/cidr.h"
#include "network/reference.h"

namespace asiaq::network {

/// What `<metanetwork>_igw_routes` and `<metanetwork>_vgw_routes` lead to.
enum class Gateway { internet, vpn };

/// `internet gateway`, `VPN gateway`
std::string to_string(Gateway gateway);

/// Configured destinations of one metanetwork.
using GatewayRoutes = std::map<Cidr, Gateway>;

/// One route of a table, as far as it has an IPv4 destination.
struct ObservedRoute {
  Cidr destination;
  std::string
      target;  ///< Id of the gateway or other thing it leads to ("igw-1", "nat-1", "local").
  /// Whose it is to change: `own` routes lead to an internet or VPN gateway and were not
  /// propagated, or are the default route to a NAT gateway of a metanetwork; `other` ones (peering,
  /// instances
  /// ...) give way only where the same destination is wanted.
  enum class Owner { own, other, fixed } owner = Owner::own;
  bool is_propagated = false;  ///< Written by a VPN gateway, not by anybody's call.
};

/// What a route should lead to.
struct RouteTarget {
  std::string description;  ///< `the internet gateway`
  Reference resource;       ///< Empty id: yet to be made, so that no observed route leads there.
};

using DesiredRoutes = std::map<Cidr, RouteTarget>;

/// What a route table needs.
struct RouteDifference {
  std::vector<Cidr> remove;
  DesiredRoutes replace;
  DesiredRoutes create;
  bool empty() const { return remove.empty() && replace.empty() && create.empty(); }
};

/// Compares by destination.
RouteDifference difference(const std::vector<ObservedRoute>& actual, const DesiredRoutes& desired);

}  // namespace asiaq::network
