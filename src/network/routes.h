// Routes of metanetworks to the internet gateway and the VPN gateway.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/cidr.h"

namespace asiaq::network {

enum class Gateway { internet, vpn };

/// `internet gateway`, `VPN gateway`
std::string to_string(Gateway gateway);

/// Destinations of one metanetwork.
using GatewayRoutes = std::map<Cidr, Gateway>;

/// One route of a table, as far as it has an IPv4 destination.
struct ObservedRoute {
  Cidr destination;
  std::string
      target;  ///< Id of the gateway or other thing it leads to ("igw-1", "nat-1", "local").
  /// Whose it is to change: `own` routes lead to an internet or VPN gateway and were not
  /// propagated; `other` ones (NAT, peering, instances ...) give way only where the same
  /// destination is wanted.
  enum class Owner { own, other, fixed } owner = Owner::own;
};

/// What a route table needs. Targets are ids.
struct RouteDifference {
  struct Entry {
    Cidr destination;
    Gateway gateway = Gateway::internet;
    bool operator==(const Entry&) const = default;
  };
  std::vector<Cidr> remove;
  std::vector<Entry> replace;
  std::vector<Entry> create;
  bool empty() const { return remove.empty() && replace.empty() && create.empty(); }
};

/// Compares by destination. `gateway_ids` has the id of each gateway that is there; one that is yet
/// to be made is missing, and no observed route can lead to it.
RouteDifference difference(const std::vector<ObservedRoute>& actual, const GatewayRoutes& desired,
                           const std::map<Gateway, std::string>& gateway_ids);

}  // namespace asiaq::network
