#include "dns/record.h"

#include <algorithm>

#include "base/text.h"

namespace asiaq::dns {

std::string normal_name(std::string_view name) {
  std::string result = lower_case(name);
  if (result.ends_with('.')) result.pop_back();
  return result;
}

std::string bare_zone_id(std::string id) {
  constexpr std::string_view prefix = "/hostedzone/";
  return id.starts_with(prefix) ? id.substr(prefix.size()) : id;
}

bool Record::leads_to(const std::string& name) const {
  return set.type == "CNAME" && std::ranges::any_of(set.resource_records, [&](const auto& each) {
           return normal_name(each.value.value_or("")) == name;
         });
}

std::vector<Record> records_leading_to(const aws::route53::Client& route53,
                                       const std::set<std::string>& names) {
  std::set<std::string> wanted;
  for (const std::string& name : names) {
    if (!name.empty()) wanted.insert(normal_name(name));
  }
  std::vector<Record> result;
  if (wanted.empty()) return result;
  for (const auto& zone : route53.list_hosted_zones_all()) {
    const std::string id = bare_zone_id(zone.id.value_or(""));
    for (const auto& set : route53.list_resource_record_sets_all({.hosted_zone_id = id})) {
      const Record record{id, set};
      if (std::ranges::any_of(wanted, [&](const auto& name) { return record.leads_to(name); })) {
        result.push_back(record);
      }
    }
  }
  return result;
}

}  // namespace asiaq::dns
