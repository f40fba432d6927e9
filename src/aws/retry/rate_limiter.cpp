#include "aws/retry/rate_limiter.h"

#include <algorithm>
#include <cmath>

namespace asiaq::aws::retry {
namespace {

// Numbers of the adaptive mode of AWS's SDKs.
constexpr double kBeta = 0.7;
constexpr double kScale = 0.4;
constexpr double kSmooth = 0.8;
constexpr double kSlotsPerSecond = 2;
constexpr double kLowestRate = 0.5;
constexpr double kLowestCapacity = 1;

}  // namespace

void RateLimiter::refill(double now) {
  permits_ = std::min(capacity_, permits_ + std::max(0.0, now - last_refill_) * fill_rate_);
  last_refill_ = std::max(last_refill_, now);
}

void RateLimiter::set_rate(double rate, double now) {
  refill(now);
  fill_rate_ = std::max(rate, kLowestRate);
  capacity_ = std::max(rate, kLowestCapacity);
  permits_ = std::min(permits_, capacity_);
}

void RateLimiter::measure(double now) {
  const double slot = std::floor(now * kSlotsPerSecond) / kSlotsPerSecond;
  if (!slot_open_) {
    slot_open_ = true;
    slot_ = slot;
  }
  ++count_;
  if (slot > slot_) {
    measured_ = kSmooth * (count_ / (slot - slot_)) + (1 - kSmooth) * measured_;
    count_ = 0;
    slot_ = slot;
  }
}

Seconds RateLimiter::acquire(double now) {
  const std::lock_guard lock(mutex_);
  if (!limited_) return Seconds(0);
  refill(now);
  permits_ -= 1;
  return Seconds(permits_ >= 0 ? 0 : -permits_ / fill_rate_);
}

void RateLimiter::record(Answer answer, double now) {
  const std::lock_guard lock(mutex_);
  measure(now);
  double rate = 0;
  if (answer == Answer::throttled) {
    const double used = limited_ ? std::min(measured_, fill_rate_) : measured_;
    last_max_ = used;
    window_ = std::cbrt(last_max_ * (1 - kBeta) / kScale);
    last_throttle_ = now;
    rate = used * kBeta;
    limited_ = true;
  } else {
    rate = kScale * std::pow(now - last_throttle_ - window_, 3) + last_max_;
  }
  if (limited_) set_rate(std::min(rate, 2 * measured_), now);
}

double RateLimiter::rate() const {
  const std::lock_guard lock(mutex_);
  return fill_rate_;
}

bool RateLimiter::limited() const {
  const std::lock_guard lock(mutex_);
  return limited_;
}

RateLimiter& RateLimiters::of(const std::string& key) {
  const std::lock_guard lock(mutex_);
  auto& limiter = limiters_[key];
  if (!limiter) limiter = std::make_unique<RateLimiter>();
  return *limiter;
}

}  // namespace asiaq::aws::retry
