// Names of the S3 buckets that hold an environment's credentials.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace asiaq::config {

/// How the parts of a bucket's name are joined: `us-west-2.acme.credentials.ci`, or
/// `eu-west-1--acme--credentials--ci`, which exists outside us-west-2 only.
enum class BucketNameStyle { dotted, dashed };

/// What every credential bucket of one region and project has in common.
struct CredentialBucketScope {
  std::string region;   ///< "us-west-2"
  std::string project;  ///< Option project_name of section [disco_aws].
};

/// `<region>.<project>.credentials.<word>`, or the dashed form of it.
std::string credential_bucket_name(const CredentialBucketScope& scope, std::string_view word,
                                   BucketNameStyle style = BucketNameStyle::dotted);

/// One name for each of the blank-separated words of option `credential_buckets`, in their order:
/// the first bucket is the one that commands read and write, hosts search all of them in turn.
std::vector<std::string> credential_bucket_names(const CredentialBucketScope& scope,
                                                 std::string_view credential_buckets,
                                                 BucketNameStyle style = BucketNameStyle::dotted);

/// Every name a bucket can go by, the preferred one first: the dashed form counts outside us-west-2
/// and only where no bucket has the dotted name.
std::vector<std::string> credential_bucket_candidates(const CredentialBucketScope& scope,
                                                      std::string_view word);

/// True if `{s3cred://KEY}` can name the key: letters, digits and `-`, `_`, `/`, `.` only.
bool is_injectable_key(std::string_view key);

}  // namespace asiaq::config
