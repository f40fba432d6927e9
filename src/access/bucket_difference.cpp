#include "access/bucket_difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "access/lifecycle.h"

namespace asiaq::access {
namespace {

constexpr std::array<BucketSetting, 6> kInOrder{BucketSetting::lifecycle, BucketSetting::policy,
                                                BucketSetting::acl,       BucketSetting::versioning,
                                                BucketSetting::website,   BucketSetting::logging};

const Json* member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

Json grants_of(const Json& acl) {
  const Json* grants = member(acl, "Grants");
  return grants == nullptr ? Json::array() : *grants;
}

// Display names are AWS's decoration.
std::set<Json> comparable_grants(const Json& acl) {
  std::set<Json> result;
  for (Json grant : grants_of(acl)) {
    if (grant.contains("Grantee")) grant["Grantee"].erase("DisplayName");
    result.insert(std::move(grant));
  }
  return result;
}

Json log_delivery_grants() {
  Json grants = Json::array();
  for (const char* permission : {"WRITE", "READ_ACP"}) {
    grants.push_back(
        {{"Grantee",
          {{"Type", "Group"}, {"URI", "http://acs.amazonaws.com/groups/s3/LogDelivery"}}},
         {"Permission", permission}});
  }
  return grants;
}

Json with_grants(Json acl, const Json& more) {
  const std::set<Json> present = comparable_grants(acl);
  Json grants = grants_of(acl);
  for (const Json& grant : more) {
    if (!present.contains(grant)) grants.push_back(grant);
  }
  acl["Grants"] = std::move(grants);
  return acl;
}

// Every member of `wanted` is the same in `in_force`, which may have more.
bool covers(const Json& in_force, const Json& wanted) {
  if (!wanted.is_object() || !in_force.is_object()) return wanted == in_force;
  return std::all_of(wanted.items().begin(), wanted.items().end(), [&](const auto& item) {
    const Json* other = member(in_force, item.key().c_str());
    return other != nullptr && covers(*other, item.value());
  });
}

bool same(BucketSetting setting, const Json& wanted, const Json& in_force) {
  switch (setting) {
    case BucketSetting::lifecycle:
      return same_lifecycle(wanted, in_force);
    case BucketSetting::policy:
      return same_policy(wanted, in_force);
    case BucketSetting::acl:
      return comparable_grants(wanted) == comparable_grants(in_force);
    case BucketSetting::versioning:
      return covers(in_force, wanted);
    case BucketSetting::website:
      return wanted == in_force;
    case BucketSetting::logging:
      return wanted.empty() == in_force.empty() && covers(in_force, wanted);
  }
  return false;
}

class Comparison {
 public:
  Comparison(const BucketSpecification& bucket, const std::optional<BucketState>& state,
             const BucketSurroundings& surroundings)
      : bucket_(bucket), state_(state), surroundings_(surroundings) {}

  BucketDifference difference() const {
    BucketDifference result;
    std::map<BucketSetting, BucketDocument> wanted = bucket_.settings;
    if (bucket_.role == BucketSpecification::Role::log_target) receive_logs(wanted);
    if (const auto acl = wanted.find(BucketSetting::acl); acl != wanted.end()) {
      if (!acl->second.content.contains("Owner")) {
        acl->second.content["Owner"] = {{"ID", surroundings_.canonical_id}};
      }
      result.enable_acls = acls() != BucketState::Acls::enabled;
    }
    leave_out_distant_log_target(wanted, result.notices);
    result.allow_public_policy = public_website() && public_policies_blocked();
    for (const BucketSetting setting : kInOrder) {
      const auto document = wanted.find(setting);
      if (document == wanted.end()) continue;
      if (!same(setting, document->second.content, in_force(setting))) {
        result.changes.emplace_back(*document);
      }
    }
    return result;
  }

 private:
  Json in_force(BucketSetting setting) const {
    if (!state_ || !state_->settings.contains(setting)) return Json::object();
    return state_->settings.at(setting);
  }

  BucketState::Acls acls() const { return state_ ? state_->acls : BucketState::Acls::disabled; }

  // S3 writes access logs where the policy lets it; grants serve buckets that still use them.
  void receive_logs(std::map<BucketSetting, BucketDocument>& wanted) const {
    const auto policy = wanted.find(BucketSetting::policy);
    const BucketDocument own =
        policy == wanted.end()
            ? BucketDocument{"the policy in force", in_force(BucketSetting::policy)}
            : policy->second;
    wanted[BucketSetting::policy] = {
        own.file, with_log_delivery(own.content, {.bucket = bucket_.name,
                                                  .account_id = surroundings_.account_id,
                                                  .partition = surroundings_.partition})};
    const auto acl = wanted.find(BucketSetting::acl);
    if (acl != wanted.end()) {
      acl->second.content = with_grants(acl->second.content, log_delivery_grants());
      acl->second.content =
          with_grants(acl->second.content, grants_of(in_force(BucketSetting::acl)));
    } else if (acls() == BucketState::Acls::enabled) {
      wanted[BucketSetting::acl] = {
          "the access control list in force",
          with_grants(in_force(BucketSetting::acl), log_delivery_grants())};
    }
  }

  std::string region() const {
    if (state_) return state_->region;
    const auto found = surroundings_.regions.find(bucket_.name);
    return found == surroundings_.regions.end() ? "" : found->second;
  }

  void leave_out_distant_log_target(std::map<BucketSetting, BucketDocument>& wanted,
                                    std::vector<std::string>& notices) const {
    const auto logging = wanted.find(BucketSetting::logging);
    if (logging == wanted.end()) return;
    const Json* enabled = member(logging->second.content, "LoggingEnabled");
    if (enabled == nullptr) return;
    const auto target = surroundings_.regions.find(enabled->value("TargetBucket", ""));
    if (target == surroundings_.regions.end() || target->second == region()) return;
    notices.push_back(fmt::format("cannot log from {} ({}) to {} ({}), region mismatch",
                                  bucket_.name, region(), target->first, target->second));
    wanted.erase(logging);
  }

  bool public_website() const {
    const auto policy = bucket_.settings.find(BucketSetting::policy);
    return bucket_.settings.contains(BucketSetting::website) && policy != bucket_.settings.end() &&
           is_public(policy->second.content);
  }

  bool public_policies_blocked() const {
    return !state_ || state_->public_policies == BucketState::PublicPolicies::blocked;
  }

  const BucketSpecification& bucket_;
  const std::optional<BucketState>& state_;
  const BucketSurroundings& surroundings_;
};

}  // namespace

BucketDifference bucket_difference(const BucketSpecification& bucket,
                                   const std::optional<BucketState>& state,
                                   const BucketSurroundings& surroundings) {
  return Comparison(bucket, state, surroundings).difference();
}

}  // namespace asiaq::access
