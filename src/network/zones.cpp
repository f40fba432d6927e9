#include "network/zones.h"

#include <algorithm>

#include "aws/ec2/client.h"

namespace asiaq::network {

std::vector<std::string> usable_zones(const std::vector<ZoneFacts>& zones,
                                      std::optional<std::size_t> limit) {
  std::vector<std::string> names;
  for (const ZoneFacts& zone : zones) {
    const bool is_ordinary = zone.type.empty() || zone.type == "availability-zone";
    const bool is_open = zone.opt_in_status.empty() || zone.opt_in_status == "opt-in-not-required";
    if (is_ordinary && is_open && zone.state == "available") names.push_back(zone.name);
  }
  std::ranges::sort(names);
  if (limit && names.size() > *limit) names.resize(*limit);
  return names;
}

std::vector<ZoneFacts> observe_zones(const aws::ec2::Client& ec2) {
  std::vector<ZoneFacts> zones;
  for (const auto& zone : ec2.describe_availability_zones().availability_zones) {
    zones.push_back({.name = zone.zone_name.value_or(""),
                     .type = zone.zone_type.value_or(""),
                     .state = zone.state.value_or(""),
                     .opt_in_status = zone.opt_in_status.value_or("")});
  }
  return zones;
}

}  // namespace asiaq::network
