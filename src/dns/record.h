// Records of Route 53 that lead to names which AWS gave to resources.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "aws/route53/client.h"

namespace asiaq::dns {

/// A name in the form in which names are compared: lower case, without the final dot. Pure.
std::string normal_name(std::string_view name);

/// The bare id of a zone: answers say `/hostedzone/Z123`, requests take `Z123`. Pure.
std::string bare_zone_id(std::string id);

/// A record set as it is in its zone.
struct Record {
  std::string zone_id;
  aws::route53::ResourceRecordSet set;

  /// Whether it is a CNAME with this value (in normal form).
  bool leads_to(const std::string& name) const;
};

/// The CNAMEs of all zones that have one of these values (in any form), zone by zone. Each zone is
/// read once, and nothing at all without a name.
std::vector<Record> records_leading_to(const aws::route53::Client& route53,
                                       const std::set<std::string>& names);

}  // namespace asiaq::dns
