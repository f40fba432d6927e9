// The availability zones that a new environment spreads over.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace asiaq::aws::ec2 {
class Client;
}

namespace asiaq::network {

/// What matters of a zone when an environment is made.
struct ZoneFacts {
  std::string name;
  std::string type;           ///< `availability-zone`; empty counts as that.
  std::string state;          ///< `available`
  std::string opt_in_status;  ///< `opt-in-not-required`; empty counts as that.
};

/// Names of the ordinary zones that are available to everybody, in order; at most `limit`.
std::vector<std::string> usable_zones(const std::vector<ZoneFacts>& zones,
                                      std::optional<std::size_t> limit);

/// The zones of the region. One Describe.
std::vector<ZoneFacts> observe_zones(const aws::ec2::Client& ec2);

}  // namespace asiaq::network
