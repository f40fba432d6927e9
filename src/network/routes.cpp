#include "network/routes.h"

#include <algorithm>

namespace asiaq::network {

std::string to_string(Gateway gateway) {
  return gateway == Gateway::internet ? "internet gateway" : "VPN gateway";
}

RouteDifference difference(const std::vector<ObservedRoute>& actual, const GatewayRoutes& desired,
                           const std::map<Gateway, std::string>& gateway_ids) {
  RouteDifference result;
  for (const ObservedRoute& route : actual) {
    if (route.owner == ObservedRoute::Owner::own && !desired.contains(route.destination)) {
      result.remove.push_back(route.destination);
    }
  }
  for (const auto& [destination, gateway] : desired) {
    const auto present = std::ranges::find_if(actual, [&](const ObservedRoute& route) {
      return route.destination == destination && route.owner != ObservedRoute::Owner::fixed;
    });
    if (present == actual.end()) {
      result.create.push_back({destination, gateway});
      continue;
    }
    const auto id = gateway_ids.find(gateway);
    if (id == gateway_ids.end() || present->target != id->second) {
      result.replace.push_back({destination, gateway});
    }
  }
  std::ranges::sort(result.remove);
  return result;
}

}  // namespace asiaq::network
