// What must change about a bucket. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "access/bucket_files.h"
#include "access/bucket_policy.h"

namespace asiaq::access {

/// What is in force at a bucket that exists.
struct BucketState {
  std::string region;
  /// Those that were looked at and are set, in the shapes of bucket_documents.h.
  std::map<BucketSetting, Json> settings;
  /// Whether access control lists count: unstated on buckets from before that could be chosen.
  enum class Acls { unstated, disabled, enabled } acls = Acls::unstated;
  enum class PublicPolicies { allowed, blocked } public_policies = PublicPolicies::allowed;
};

/// What a difference needs to know besides the bucket.
struct BucketSurroundings {
  std::string account_id;
  std::string partition = "aws";
  std::string canonical_id;
  /// Regions of the buckets that exist or are to be made, by name.
  std::map<std::string, std::string> regions;
};

struct BucketDifference {
  /// Make access control lists count first.
  bool enable_acls = false;
  /// Let the bucket have a public policy first.
  bool allow_public_policy = false;
  /// In the order in which they are applied.
  std::vector<std::pair<BucketSetting, BucketDocument>> changes;
  /// What is left out and why, for people.
  std::vector<std::string> notices;

  bool empty() const { return !enable_acls && !allow_public_policy && changes.empty(); }
};

/// Nothing in `state` means that the bucket is to be made: its access control lists are disabled
/// and public policies blocked, as AWS makes buckets. Settings that are not specified stay as they
/// are.
BucketDifference bucket_difference(const BucketSpecification& bucket,
                                   const std::optional<BucketState>& state,
                                   const BucketSurroundings& surroundings);

}  // namespace asiaq::access
