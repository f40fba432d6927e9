#pragma once

#include <compare>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "aws/operation.h"
#include "aws/retry/quota.h"
#include "aws/retry/rate_limiter.h"

/// What calls to the same part of AWS share.
namespace asiaq::aws::retry {

/// What AWS meters as one.
struct Scope {
  std::string account;  ///< or the identity, which belongs to one account
  std::string region;
  std::string service;  ///< the name that is signed for
  Effect effect = Effect::read;

  auto operator<=>(const Scope&) const = default;
};

/// The limiter of each scope and the quota of each service in it; both live as long as this.
/// Thread-safe.
class Limits {
 public:
  /// `now` is the time if it must be made.
  RateLimiter& limiter(const Scope& scope, double now);
  /// Reads and writes share one.
  Quota& quota(const Scope& scope);

 private:
  std::mutex mutex_;
  std::map<Scope, std::unique_ptr<RateLimiter>> limiters_;
  std::map<Scope, std::unique_ptr<Quota>> quotas_;
};

}  // namespace asiaq::aws::retry
