#include "environment/reserved_addresses.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "network/error.h"

namespace asiaq::environment {

using network::FloatingInterface;
using network::PlannedMetanetwork;

std::vector<ReservedAddresses> reserved_addresses(const config::ConfigFolder& folder,
                                                  const std::string& environment) {
  std::vector<ReservedAddresses> result;
  const config::Ini* file = folder.find_ini("disco_aws.ini");
  if (file == nullptr) return result;
  for (const std::string& hostclass : file->sections()) {
    if (!hostclass.starts_with("mhc")) continue;
    const std::vector<std::string> addresses =
        folder.hostclass_option(hostclass, "ip_address", environment).list();
    if (addresses.empty()) continue;
    const std::string metanetwork =
        folder.hostclass_option(hostclass, "meta_network", environment).value_or("");
    if (metanetwork.empty()) {
      log::warning("Hostclass {} has a static address but no meta_network: nothing is reserved",
                   hostclass);
      continue;
    }
    result.push_back({.hostclass = hostclass, .metanetwork = metanetwork, .addresses = addresses});
  }
  return result;
}

std::vector<FloatingInterface> floating_interfaces(
    const std::vector<PlannedMetanetwork>& metanetworks,
    const std::vector<ReservedAddresses>& reserved) {
  std::vector<FloatingInterface> result;
  for (const ReservedAddresses& hostclass : reserved) {
    const PlannedMetanetwork* planned = network::find(metanetworks, hostclass.metanetwork);
    if (planned == nullptr) {
      log::warning("No address is reserved for hostclass {}: there is no metanetwork {} here",
                   hostclass.hostclass, hostclass.metanetwork);
      continue;
    }
    const network::Metanetwork metanetwork = network::as_metanetwork(*planned);
    for (const std::string& text : hostclass.addresses) {
      try {
        const Ipv4Address address = network::static_address(metanetwork, text);
        const auto zone = std::ranges::find_if(
            planned->zones, [&](const auto& each) { return each.range.contains(address); });
        result.push_back({.address = address,
                          .hostclass = hostclass.hostclass,
                          .metanetwork = planned->name,
                          .subnet = zone->subnet,
                          .group = planned->group});
      } catch (const network::IpRangeError& error) {
        log::warning("No address is reserved for hostclass {}: {}", hostclass.hostclass,
                     error.what());
      }
    }
  }
  return result;
}

}  // namespace asiaq::environment
