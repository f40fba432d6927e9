#include "environment/reserved_addresses.h"

#include "base/log.h"
#include "base/text.h"

namespace asiaq::environment {

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
    result.push_back(
        {.hostclass = hostclass, .metanetwork = metanetwork, .addresses = addresses});
  }
  return result;
}

}  // namespace asiaq::environment
