// Bringing the buckets of an account in line with their files.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "access/bucket_difference.h"
#include "access/bucket_region.h"
#include "plan/plan.h"

namespace asiaq::config {
class ConfigFolder;
}

namespace asiaq::access {

/// What `buckets update REGION ACCOUNT` is asked to do.
struct BucketUpdateRequest {
  std::string region;   ///< Where new buckets are made.
  std::string account;  ///< Its type: names the folder iam/s3/<account>.
};

/// The buckets that the configuration wants. Reads and checks everything before anything is sent.
struct WantedBuckets {
  BucketFolder folder;
  BucketVariables variables;

  /// `canonical_id` of the account in use completes the variables. Documents are canonical.
  std::vector<BucketSpecification> specifications(const std::string& canonical_id) const;
};

/// Throws ConfigError for every mistake in the files.
WantedBuckets read_wanted_buckets(const config::ConfigFolder& config,
                                  const BucketUpdateRequest& request);

/// One bucket of the update, for people.
struct BucketStep {
  std::string bucket;
  std::string region;
  enum class Kind { creating, updating } kind = Kind::updating;
  std::vector<std::string> notices;
};

struct BucketUpdate {
  std::vector<std::string> owned;  ///< Names of the account's buckets before.
  std::string canonical_id;
  std::vector<BucketStep> steps;  ///< The log target first.
  plan::Plan plan;                ///< Keeps `sessions` alive.
};

/// Looks at the account and its buckets and works out what must change. `sessions` gives the
/// identity; only reads are sent.
BucketUpdate plan_bucket_update(const std::shared_ptr<RegionalSessions>& sessions,
                                const WantedBuckets& wanted);

/// Names of all buckets of the account and the canonical id of its owner.
struct OwnedBuckets {
  std::vector<std::string> names;
  std::string canonical_id;
};
OwnedBuckets list_owned_buckets(const aws::s3::Client& s3);

}  // namespace asiaq::access
