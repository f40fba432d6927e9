#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "aws/config/settings.h"
#include "aws/credentials/providers.h"
#include "aws/http/transport.h"
#include "aws/retry/limits.h"
#include "aws/retry/new_things.h"
#include "aws/retry/policy.h"
#include "aws/s3_region.h"
#include "aws/session.h"
#include "aws/shared_looks.h"

/// What a session is made of; seen by the runtime only.
namespace asiaq::aws {

/// How far the clocks of services are from ours, by host. Thread-safe.
class ClockSkews {
 public:
  Timestamp::duration of(const std::string& host) const;
  void set(const std::string& host, Timestamp::duration skew);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Timestamp::duration> skews_;
};

struct SessionParts {
  explicit SessionParts(SessionOptions options);

  Access access;
  Environment environment;
  Clock& clock;
  std::shared_ptr<const config::SharedFiles> files;
  config::ProfileChoice profile;
  config::Settings settings;
  std::shared_ptr<http::Transport> transport;
  credentials::Cached credentials;
  ClockSkews skews;
  BucketRegions bucket_regions;
  CallStatistics statistics;
  retry::Limits limits;
  retry::NewThings new_things;
  SharedLooks shared_looks;
  retry::Random random = retry::system_random();

  std::once_flag region_once;
  std::string region;

 private:
  std::vector<std::shared_ptr<credentials::Provider>> chain(const SessionOptions& options);
};

}  // namespace asiaq::aws
