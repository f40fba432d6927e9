#include "hostclass/host.h"

namespace asiaq::hostclass {

std::optional<std::string> Host::tag(const std::string& key) const {
  const auto found = tags.find(key);
  if (found == tags.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

std::optional<std::string> Host::preferred_private_ip() const {
  if (private_ips.empty()) return std::nullopt;
  return private_ips.size() > 1 ? private_ips[1] : private_ips[0];
}

}  // namespace asiaq::hostclass
