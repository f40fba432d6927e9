#include "config/credential_buckets.h"

#include <algorithm>

#include "base/text.h"

namespace asiaq::config {

std::string credential_bucket_name(const CredentialBucketScope& scope, std::string_view word,
                                   BucketNameStyle style) {
  const std::string_view separator = style == BucketNameStyle::dotted ? "." : "--";
  return join({scope.region, scope.project, "credentials", std::string(word)}, separator);
}

std::vector<std::string> credential_bucket_names(const CredentialBucketScope& scope,
                                                 std::string_view credential_buckets,
                                                 BucketNameStyle style) {
  std::vector<std::string> names;
  for (const std::string& word : words(credential_buckets)) {
    names.push_back(credential_bucket_name(scope, word, style));
  }
  return names;
}

std::vector<std::string> credential_bucket_candidates(const CredentialBucketScope& scope,
                                                      std::string_view word) {
  std::vector<std::string> names{credential_bucket_name(scope, word)};
  if (scope.region != "us-west-2") {
    names.push_back(credential_bucket_name(scope, word, BucketNameStyle::dashed));
  }
  return names;
}

bool is_injectable_key(std::string_view key) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_/.").find(c) != std::string_view::npos;
  };
  return !key.empty() && std::all_of(key.begin(), key.end(), allowed);
}

}  // namespace asiaq::config
