#include "access/lifecycle.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"

namespace asiaq::access {
namespace {

void make_list(Json& rule, const char* single, const char* list) {
  const auto found = rule.find(single);
  if (found == rule.end()) return;
  Json all = found->is_array() ? *found : Json::array({*found});
  if (const auto present = rule.find(list); present != rule.end() && present->is_array()) {
    all.insert(all.end(), present->begin(), present->end());
  }
  rule.erase(single);
  rule[list] = std::move(all);
}

void make_filter(Json& rule) {
  const auto prefix = rule.find("Prefix");
  const bool has_filter = rule.contains("Filter") && !rule["Filter"].empty();
  if (!has_filter) rule["Filter"] = {{"Prefix", prefix == rule.end() ? Json("") : *prefix}};
  rule.erase("Prefix");
}

Json without_id(Json rule) {
  rule.erase("ID");
  return rule;
}

bool matches(const Json& wanted, const Json& in_force) {
  return wanted.contains("ID") ? wanted == in_force : wanted == without_id(in_force);
}

}  // namespace

Json modern_lifecycle(const Json& lifecycle, const std::string& file) {
  const auto rules = lifecycle.find("Rules");
  if (!lifecycle.is_object() || rules == lifecycle.end() || !rules->is_array() ||
      !std::all_of(rules->begin(), rules->end(), [](const Json& r) { return r.is_object(); })) {
    throw ConfigError(
        fmt::format("{}: lifecycle rules are written {{\"Rules\": [{{…}}, …]}}", file));
  }
  Json modern = lifecycle;
  for (Json& rule : modern["Rules"]) {
    make_list(rule, "Transition", "Transitions");
    make_list(rule, "NoncurrentVersionTransition", "NoncurrentVersionTransitions");
    make_filter(rule);
  }
  return modern;
}

bool same_lifecycle(const Json& wanted, const Json& in_force) {
  const Json none = Json::array();
  const Json& left = wanted.contains("Rules") ? wanted["Rules"] : none;
  const Json& right = in_force.contains("Rules") ? in_force["Rules"] : none;
  if (left.size() != right.size()) return false;
  std::vector<const Json*> unmatched;
  for (const Json& rule : right) unmatched.push_back(&rule);
  // Rules with an ID first: one without must not take the partner of one with.
  for (const bool with_id : {true, false}) {
    for (const Json& rule : left) {
      if (rule.contains("ID") != with_id) continue;
      const auto partner = std::find_if(unmatched.begin(), unmatched.end(),
                                        [&](const Json* other) { return matches(rule, *other); });
      if (partner == unmatched.end()) return false;
      unmatched.erase(partner);
    }
  }
  return true;
}

}  // namespace asiaq::access
