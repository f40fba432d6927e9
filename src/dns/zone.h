// Zones, and writing records into them.
#pragma once

#include <string>
#include <vector>

#include "aws/route53/client.h"
#include "base/error.h"

namespace asiaq::dns {

/// A zone is missing. Kind "Route53".
class ZoneError : public Error {
 public:
  explicit ZoneError(std::string reason) : Error("Route53", std::move(reason)) {}
};

struct Zone {
  std::string id;    ///< Bare.
  std::string name;  ///< In normal form.
  bool is_private = false;
};

/// All zones of the account.
std::vector<Zone> list_zones(const aws::route53::Client& route53);

/// The zone of exactly this name; a public one where a private one has it too. Warns if several
/// public ones have it, of which the first is taken. Throws ZoneError if there is none.
Zone zone_of(const std::vector<Zone>& zones, const std::string& domain);

/// Seconds for which resolvers may remember the records that this program writes.
inline constexpr int time_to_live = 5;

/// Makes `name` a CNAME of `value`, whatever it was before.
void write_cname(const aws::route53::Client& route53, const Zone& zone, const std::string& name,
                 const std::string& value);

}  // namespace asiaq::dns
