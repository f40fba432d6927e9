// The credentials of an environment: small objects in an S3 bucket.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "aws/error.h"
#include "aws/s3/client.h"
#include "aws/session.h"
#include "base/error.h"
#include "config/config_folder.h"
#include "plan/plan.h"

namespace asiaq::access {

/// A credential bucket or an object in it is missing or out of reach. Kind: "CredentialBucket".
class CredentialsStoreError : public Error {
 public:
  explicit CredentialsStoreError(std::string reason);
};

/// One credential bucket. Values are secrets: they are neither logged nor part of plans.
/// Thread-safe.
class CredentialsStore {
 public:
  /// Finds out which of the names exists; the first one that does is used, whatever its region.
  /// Throws CredentialsStoreError if there is none or the caller may not use it. `session` must
  /// outlive this.
  static CredentialsStore open(aws::Session& session, const std::vector<std::string>& candidates);

  const std::string& bucket() const { return bucket_; }

  /// In S3's order, all pages.
  std::vector<std::string> keys(const std::string& prefix = {}) const;

  /// Nothing if there is no such object.
  std::optional<std::string> find(const std::string& key) const;

  /// Throws CredentialsStoreError, naming key and bucket, if there is no such object.
  std::string get(const std::string& key) const;

  /// Writes the object into a file that only its owner can read, of any size in little memory. The
  /// file is replaced as a whole or not at all. Throws as get(), and Error of kind "File".
  void download(const std::string& key, const std::filesystem::path& file) const;

  bool contains(const std::string& key) const;

  /// Encrypted at rest by S3 (AES256). Throws Error of kind "S3Writing" if S3 refuses.
  void put(const std::string& key, const std::string& value) const;

  void remove(const std::string& key) const;

 private:
  CredentialsStore(aws::s3::Client s3, std::string bucket) : s3_(s3), bucket_(std::move(bucket)) {}
  CredentialsStoreError missing(const std::string& key) const;
  void refuse_archived(const aws::ServiceError& error, const std::string& key) const;

  aws::s3::Client s3_;
  std::string bucket_;
};

/// Which bucket a command is about: the one named, else the first of an environment.
struct StoreChoice {
  std::optional<std::string> bucket;
  std::optional<std::string> environment;  ///< Else the default one.
};

/// Names by which the chosen bucket can go, the preferred one first. The environment must exist as
/// a VPC, whose type tells where option `credential_buckets` is looked up. Throws EnvironmentError,
/// ConfigError. One call, none for a bucket that is named.
std::vector<std::string> candidate_buckets(aws::Session& session,
                                           const config::ConfigFolder& folder,
                                           const StoreChoice& choice);

/// The same for an environment of a type, be it up or not. Throws ConfigError. Calls nothing.
std::vector<std::string> environment_buckets(const std::string& region,
                                             const config::ConfigFolder& folder,
                                             const std::string& environment,
                                             const std::string& type);

/// One change, or none if the object has this value already. A caller who may not read the object
/// gets the change. `store` must outlive the plan.
plan::Plan plan_put(const CredentialsStore& store, const std::string& key,
                    const std::string& value);

/// One change, or none if there is no such object.
plan::Plan plan_removal(const CredentialsStore& store, const std::string& key);

}  // namespace asiaq::access
