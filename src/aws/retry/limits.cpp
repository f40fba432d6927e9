#include "aws/retry/limits.h"

namespace asiaq::aws::retry {

RateLimiter& Limits::limiter(const Scope& scope, double now) {
  const std::lock_guard lock(mutex_);
  auto& limiter = limiters_[scope];
  if (!limiter) limiter = std::make_unique<RateLimiter>(now);
  return *limiter;
}

Quota& Limits::quota(const Scope& scope) {
  Scope service = scope;
  service.effect = Effect::read;
  const std::lock_guard lock(mutex_);
  auto& quota = quotas_[service];
  if (!quota) quota = std::make_unique<Quota>();
  return *quota;
}

}  // namespace asiaq::aws::retry
