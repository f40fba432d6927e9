#include "access/bucket_region.h"

namespace asiaq::access {

namespace {

// False also where no region is set at all.
bool is_region_of(const aws::Session& session, const std::string& region) {
  try {
    return session.region() == region;
  } catch (const aws::CredentialsError&) {
    return false;
  }
}

}  // namespace

aws::Session& RegionalSessions::in(const std::string& region) {
  if (is_region_of(*home_, region)) return *home_;
  const std::lock_guard lock(mutex_);
  std::unique_ptr<aws::Session>& session = others_[region];
  if (!session) {
    session = std::make_unique<aws::Session>(
        aws::SessionOptions{.access = home_->access(), .region = region});
  }
  return *session;
}

std::string region_of_bucket(const aws::s3::Client& s3, const std::string& bucket) {
  return region_of_location(
      s3.get_bucket_location({.bucket = bucket}).location_constraint.value_or(""));
}

std::string region_of_location(const std::string& location_constraint) {
  if (location_constraint.empty() || location_constraint == "US") return "us-east-1";
  if (location_constraint == "EU") return "eu-west-1";
  return location_constraint;
}

}  // namespace asiaq::access
