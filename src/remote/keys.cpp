#include "remote/keys.h"

#include <fmt/format.h>

#include "aws/error.h"
#include "aws/s3/client.h"
#include "base/log.h"

namespace asiaq::remote {

namespace {

/// ssh refuses a key without a final line break.
std::string completed(std::string key) {
  if (!key.empty() && key.back() != '\n') key += '\n';
  return key;
}

std::optional<std::string> content(const aws::s3::Client& s3, const std::string& bucket,
                                   const std::string& key) {
  try {
    auto object = s3.get_object({.bucket = bucket, .key = key});
    return completed(std::move(object.body));
  } catch (const aws::ServiceError& error) {
    log::info("no ssh key {} from bucket {}: {}", key, bucket, error.code());
    return std::nullopt;
  }
}

std::vector<std::string> keys_in(const aws::s3::Client& s3, const std::string& bucket) {
  std::vector<std::string> keys;
  try {
    for (const auto& object :
         s3.list_objects_v2_all({.bucket = bucket, .prefix = private_key_prefix})) {
      if (object.key && !object.key->ends_with('/')) keys.push_back(*object.key);
    }
  } catch (const aws::ServiceError& error) {
    log::info("no ssh keys from bucket {}: {}", bucket, error.code());
  }
  return keys;
}

}  // namespace

std::vector<std::filesystem::path> fetch_keys(const aws::s3::Client& s3,
                                              const std::vector<std::string>& buckets,
                                              const PrivateFolder& folder) {
  std::vector<std::filesystem::path> files;
  for (const std::string& bucket : buckets) {
    for (const std::string& key : keys_in(s3, bucket)) {
      // Not the object's name, which is not ours to choose.
      const std::string file = fmt::format("key_{}", files.size());
      if (const auto text = content(s3, bucket, key)) files.push_back(folder.write(file, *text));
    }
  }
  return files;
}

std::optional<std::filesystem::path> fetch_key(const aws::s3::Client& s3,
                                               const std::vector<std::string>& buckets,
                                               const std::string& name,
                                               const PrivateFolder& folder) {
  for (const std::string& bucket : buckets) {
    if (const auto text = content(s3, bucket, fmt::format("{}{}.key", private_key_prefix, name))) {
      return folder.write("key", *text);
    }
  }
  return std::nullopt;
}

}  // namespace asiaq::remote
