#include "aws/s3_region.h"

#include <algorithm>
#include <cctype>

#include "base/text.h"

namespace asiaq::aws {
namespace {

bool is_region(std::string_view text) {
  return std::count(text.begin(), text.end(), '-') >= 2 &&
         std::isdigit(static_cast<unsigned char>(text.back())) != 0 &&
         std::all_of(text.begin(), text.end(), [](unsigned char sign) {
           return std::islower(sign) != 0 || std::isdigit(sign) != 0 || sign == '-';
         });
}

// "bucket.s3.eu-west-1.amazonaws.com", and the older "bucket.s3-eu-west-1.amazonaws.com". The name
// of the bucket may look like anything, so the end is searched first.
std::optional<std::string> region_in_host(const std::string& host) {
  std::vector<std::string> labels = split(host.substr(0, host.find(':')), '.');
  std::reverse(labels.begin(), labels.end());
  for (const std::string& label : labels) {
    const std::string_view name =
        label.starts_with("s3-") ? std::string_view(label).substr(3) : std::string_view(label);
    if (is_region(name)) return std::string(name);
    if (label == "s3") return std::nullopt;
  }
  return std::nullopt;
}

bool is_redirect(const http::Response& response, const protocol::ErrorFacts& error) {
  switch (response.status) {
    case 301:
    case 302:
    case 307:
      return true;
    case 400:
      // The answer to HEAD has no body that could name the reason.
      return error.code == "AuthorizationHeaderMalformed" || error.code == "400";
    default:
      return error.code == "PermanentRedirect";
  }
}

}  // namespace

std::optional<std::string> BucketRegions::of(const std::string& bucket) const {
  const std::lock_guard lock(mutex_);
  const auto found = regions_.find(bucket);
  return found == regions_.end() ? std::nullopt : std::optional(found->second);
}

void BucketRegions::set(const std::string& bucket, std::string region) {
  const std::lock_guard lock(mutex_);
  regions_[bucket] = std::move(region);
}

std::optional<std::string> region_of_redirect(const http::Response& response,
                                              const protocol::ErrorFacts& error) {
  if (!is_redirect(response, error)) return std::nullopt;
  if (const std::string* named = response.headers.find("x-amz-bucket-region")) return *named;
  if (const auto named = error.details.find("Region"); named != error.details.end()) {
    return named->second;
  }
  if (const auto host = error.details.find("Endpoint"); host != error.details.end()) {
    if (auto region = region_in_host(host->second)) return region;
  }
  if (const auto location = http::parse_url(response.headers.get("Location"))) {
    return region_in_host(location->host);
  }
  return std::nullopt;
}

}  // namespace asiaq::aws
