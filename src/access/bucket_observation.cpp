#include "access/bucket_observation.h"

#include "access/bucket_documents.h"
#include "aws/error.h"

namespace asiaq::access {
namespace {

BucketState::Acls acls_of(const aws::s3::Client& s3, const std::string& bucket) {
  try {
    const auto answer = s3.get_bucket_ownership_controls({.bucket = bucket});
    if (!answer.ownership_controls || answer.ownership_controls->rules.empty()) {
      return BucketState::Acls::unstated;
    }
    const auto& ownership = answer.ownership_controls->rules.front().object_ownership;
    return ownership == "BucketOwnerEnforced" ? BucketState::Acls::disabled
                                              : BucketState::Acls::enabled;
  } catch (const aws::ServiceError& error) {
    if (!error.has_code("OwnershipControlsNotFoundError")) throw;
    return BucketState::Acls::unstated;
  }
}

BucketState::PublicPolicies public_policies_of(const aws::s3::Client& s3,
                                               const std::string& bucket) {
  try {
    const auto answer = s3.get_public_access_block({.bucket = bucket});
    const auto& block = answer.public_access_block_configuration;
    const bool blocked = block && (block->block_public_policy.value_or(false) ||
                                   block->restrict_public_buckets.value_or(false));
    return blocked ? BucketState::PublicPolicies::blocked : BucketState::PublicPolicies::allowed;
  } catch (const aws::ServiceError& error) {
    if (!error.has_code("NoSuchPublicAccessBlockConfiguration")) throw;
    return BucketState::PublicPolicies::allowed;
  }
}

}  // namespace

BucketState observe_bucket(const aws::s3::Client& s3, const std::string& region,
                           const BucketSpecification& bucket) {
  BucketState state{.region = region};
  const auto look_at = [&](BucketSetting setting) {
    if (state.settings.contains(setting)) return;
    if (auto document = get_document(s3, bucket.name, setting)) {
      state.settings[setting] = std::move(*document);
    }
  };
  for (const auto& [setting, document] : bucket.settings) look_at(setting);
  const bool receives_logs = bucket.role == BucketSpecification::Role::log_target;
  if (receives_logs) look_at(BucketSetting::policy);
  if (receives_logs || bucket.settings.contains(BucketSetting::acl)) {
    state.acls = acls_of(s3, bucket.name);
    if (state.acls == BucketState::Acls::enabled) look_at(BucketSetting::acl);
  }
  const auto policy = bucket.settings.find(BucketSetting::policy);
  if (bucket.settings.contains(BucketSetting::website) && policy != bucket.settings.end() &&
      is_public(policy->second.content)) {
    state.public_policies = public_policies_of(s3, bucket.name);
  }
  return state;
}

}  // namespace asiaq::access
