#include "access/credentials_store.h"

#include <fmt/format.h>

#include <utility>

#include "aws/ec2/client.h"
#include "aws/error.h"
#include "aws/http/body.h"
#include "base/atomic_file.h"
#include "base/text.h"
#include "config/credential_buckets.h"
#include "config/environment_choice.h"
#include "network/vpc.h"

namespace asiaq::access {
namespace {

bool is_missing_key(const aws::ServiceError& error) {
  return error.has_code("NoSuchKey") || error.http_status() == 404;
}

bool exists(const aws::s3::Client& s3, const std::string& bucket) {
  try {
    s3.head_bucket({.bucket = bucket});
    return true;
  } catch (const aws::ServiceError& error) {
    if (error.http_status() == 404) return false;
    if (error.http_status() == 403) {
      throw with_hint(CredentialsStoreError(fmt::format("no access to the bucket {}", bucket)),
                      "it belongs to another account, or this user has no right to it");
    }
    throw;
  }
}

// An object on its way into a file, which is made when S3 has said that there is one.
class FileDownload final : public aws::http::Sink {
 public:
  explicit FileDownload(std::filesystem::path path) : path_(std::move(path)) {}
  void begin(const aws::http::Headers&) override {
    if (file_) {
      file_->clear();
    } else {
      file_.emplace(path_);
    }
  }
  void write(std::string_view piece) override { file_->write(piece); }
  void finish() { file_->place({.mode = 0600}); }

 private:
  std::filesystem::path path_;
  std::optional<AtomicFile> file_;
};

}  // namespace

CredentialsStoreError::CredentialsStoreError(std::string reason)
    : Error("CredentialBucket", std::move(reason)) {}

CredentialsStore CredentialsStore::open(aws::Session& session,
                                        const std::vector<std::string>& candidates) {
  const aws::s3::Client s3(session);
  for (const std::string& bucket : candidates) {
    if (exists(s3, bucket)) return {s3, bucket};
  }
  throw with_hint(
      CredentialsStoreError(fmt::format("there is no bucket {}", join(candidates, " or "))),
      "`asiaq buckets update REGION ACCOUNT` makes the buckets of an account");
}

std::vector<std::string> CredentialsStore::keys(const std::string& prefix) const {
  aws::s3::ListObjectsV2Request request{.bucket = bucket_};
  if (!prefix.empty()) request.prefix = prefix;
  std::vector<std::string> found;
  for (const aws::s3::Object& object : s3_.list_objects_v2_all(request)) {
    found.push_back(object.key.value_or(""));
  }
  return found;
}

std::optional<std::string> CredentialsStore::find(const std::string& key) const {
  try {
    return s3_.get_object({.bucket = bucket_, .key = key}).body;
  } catch (const aws::ServiceError& error) {
    if (is_missing_key(error)) return std::nullopt;
    refuse_archived(error, key);
    throw;
  }
}

std::string CredentialsStore::get(const std::string& key) const {
  if (std::optional<std::string> value = find(key)) return *std::move(value);
  throw missing(key);
}

void CredentialsStore::download(const std::string& key, const std::filesystem::path& file) const {
  FileDownload download(file);
  try {
    s3_.get_object({.bucket = bucket_, .key = key}, download);
  } catch (const aws::ServiceError& error) {
    if (is_missing_key(error)) throw missing(key);
    refuse_archived(error, key);
    throw;
  }
  download.finish();
}

CredentialsStoreError CredentialsStore::missing(const std::string& key) const {
  return CredentialsStoreError(fmt::format("there is no {} in bucket {}", key, bucket_));
}

void CredentialsStore::refuse_archived(const aws::ServiceError& error,
                                       const std::string& key) const {
  if (!error.has_code("InvalidObjectState")) return;
  throw with_hint(CredentialsStoreError(fmt::format("{} in bucket {} is archived", key, bucket_)),
                  "restore it in S3 first, or set it anew");
}

bool CredentialsStore::contains(const std::string& key) const {
  try {
    s3_.head_object({.bucket = bucket_, .key = key});
    return true;
  } catch (const aws::ServiceError& error) {
    if (is_missing_key(error)) return false;
    throw;
  }
}

void CredentialsStore::put(const std::string& key, const std::string& value) const {
  try {
    s3_.put_object(
        {.body = value, .bucket = bucket_, .key = key, .server_side_encryption = "AES256"});
  } catch (const aws::ServiceError& error) {
    throw Error("S3Writing",
                fmt::format("cannot store {} in bucket {}: {}", key, bucket_, error.what()));
  }
}

void CredentialsStore::remove(const std::string& key) const {
  s3_.delete_object({.bucket = bucket_, .key = key});
}

std::vector<std::string> candidate_buckets(aws::Session& session,
                                           const config::ConfigFolder& folder,
                                           const StoreChoice& choice) {
  if (choice.bucket) return {*choice.bucket};
  const std::string environment = config::require_environment(choice.environment, folder);
  // What is wrong with the files is said before anything is asked of AWS.
  static_cast<void>(folder.project_name());
  static_cast<void>(folder.find_ini(std::string(config::vpc_file)));
  const network::Vpc vpc = network::find_environment(aws::ec2::Client(session), environment);
  return environment_buckets(session.region(), folder, environment, vpc.type);
}

std::vector<std::string> environment_buckets(const std::string& region,
                                             const config::ConfigFolder& folder,
                                             const std::string& environment,
                                             const std::string& type) {
  const config::CredentialBucketScope scope{.region = region, .project = folder.project_name()};
  const std::vector<std::string> words =
      folder.vpc(environment, type).option("credential_buckets").list();
  if (words.empty()) {
    throw with_hint(
        ConfigError(
            fmt::format("option credential_buckets of environment {} is not set", environment)),
        fmt::format("write credential_buckets=… into section [env:{}] or [envtype:{}] of "
                    "disco_vpc.ini",
                    environment, type.empty() ? "-" : type));
  }
  return config::credential_bucket_candidates(scope, words.front());
}

plan::Plan plan_put(const CredentialsStore& store, const std::string& key,
                    const std::string& value) {
  std::optional<std::string> present;
  try {
    present = store.find(key);
  } catch (const CredentialsStoreError&) {
    present.reset();  // archived: a new value replaces it
  } catch (const aws::ServiceError& error) {
    if (error.http_status() != 403) throw;
  }
  plan::Plan plan;
  if (present == value) return plan;
  plan.add({.verb = present ? plan::Verb::replace : plan::Verb::create,
            .resource = {.kind = "credential", .name = key, .id = ""},
            .details = {"in bucket " + store.bucket(), fmt::format("{} bytes", value.size())},
            .carry_out = [&store, key, value] { store.put(key, value); },
            .after = {}});
  return plan;
}

plan::Plan plan_removal(const CredentialsStore& store, const std::string& key) {
  plan::Plan plan;
  if (!store.contains(key)) return plan;
  plan.add({.verb = plan::Verb::remove,
            .resource = {.kind = "credential", .name = key, .id = ""},
            .details = {"in bucket " + store.bucket()},
            .carry_out = [&store, key] { store.remove(key); },
            .after = {}});
  return plan;
}

}  // namespace asiaq::access
