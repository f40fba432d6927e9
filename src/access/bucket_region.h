// Buckets live in one region each, and only there do they answer.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "aws/s3/client.h"
#include "aws/session.h"

namespace asiaq::access {

/// Sessions like a given one, for other regions. Thread-safe.
class RegionalSessions {
 public:
  /// `home` must outlive this.
  explicit RegionalSessions(aws::Session& home) : home_(&home) {}

  /// `home` itself for its own region. Valid as long as this lives.
  aws::Session& in(const std::string& region);

 private:
  aws::Session* home_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<aws::Session>> others_;
};

/// The region of a bucket that the caller may ask about. One call.
std::string region_of_bucket(const aws::s3::Client& s3, const std::string& bucket);

/// The old names that S3 uses for some regions, in today's spelling.
std::string region_of_location(const std::string& location_constraint);

}  // namespace asiaq::access
