#include "network/routes.h"

#include <algorithm>

namespace asiaq::network {

std::string to_string(Gateway gateway) {
  return gateway == Gateway::internet ? "internet gateway" : "VPN gateway";
}

RouteDifference difference(const std::vector<ObservedRoute>& actual, const DesiredRoutes& desired) {
  RouteDifference result;
  for (const ObservedRoute& route : actual) {
    if (route.owner == ObservedRoute::Owner::own && !desired.contains(route.destination)) {
      result.remove.push_back(route.destination);
    }
  }
  for (const auto& [destination, target] : desired) {
    // clang 14 lets no lambda see a structured binding.
    const auto present = std::ranges::find_if(actual, [&wanted = destination](const auto& route) {
      return route.destination == wanted && route.owner != ObservedRoute::Owner::fixed;
    });
    if (present == actual.end()) {
      result.create.emplace(destination, target);
    } else if (present->target != target.resource.id()) {
      result.replace.emplace(destination, target);
    }
  }
  std::ranges::sort(result.remove);
  return result;
}

}  // namespace asiaq::network
