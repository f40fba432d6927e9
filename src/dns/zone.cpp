#include "dns/zone.h"

#include <fmt/format.h>

#include "base/log.h"
#include "dns/record.h"

namespace asiaq::dns {

std::vector<Zone> list_zones(const aws::route53::Client& route53) {
  std::vector<Zone> result;
  for (const auto& zone : route53.list_hosted_zones_all()) {
    result.push_back({.id = bare_zone_id(zone.id.value_or("")),
                      .name = normal_name(zone.name.value_or("")),
                      .is_private = zone.config && zone.config->private_zone.value_or(false)});
  }
  return result;
}

Zone zone_of(const std::vector<Zone>& zones, const std::string& domain) {
  const std::string name = normal_name(domain);
  const Zone* best = nullptr;
  for (const Zone& zone : zones) {
    if (zone.name != name) continue;
    if (best == nullptr || (best->is_private && !zone.is_private)) {
      best = &zone;
    } else if (!best->is_private && !zone.is_private) {
      log::warning("Several public zones have the name {}: {} is used, not {}", name, best->id,
                   zone.id);
    }
  }
  if (best == nullptr) {
    throw with_hint(ZoneError(fmt::format("there is no hosted zone {}", name)),
                    "make the zone in Route 53, or name another domain");
  }
  return *best;
}

void write_cname(const aws::route53::Client& route53, const Zone& zone, const std::string& name,
                 const std::string& value) {
  const aws::route53::ResourceRecordSet set{
      .name = name, .type = "CNAME", .ttl = time_to_live, .resource_records = {{.value = value}}};
  route53.change_resource_record_sets(
      {.hosted_zone_id = zone.id,
       .change_batch = aws::route53::ChangeBatch{
           .changes = {{.action = "UPSERT", .resource_record_set = set}}}});
}

}  // namespace asiaq::dns
