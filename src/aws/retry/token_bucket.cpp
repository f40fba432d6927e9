#include "aws/retry/token_bucket.h"

#include <algorithm>

namespace asiaq::aws::retry {
namespace {

// What adding up fractions of a permit may lose.
constexpr double kRounding = 1e-6;

}  // namespace

TokenBucket::TokenBucket(double rate, double permits, double now)
    : rate_(std::max(rate, kLowestRate)), permits_(permits), filled_at_(now) {}

void TokenBucket::refill(double now) {
  const double passed = std::max(0.0, now - filled_at_);
  permits_ = std::min(capacity(), permits_ + passed * rate_);
  filled_at_ = std::max(filled_at_, now);
}

void TokenBucket::set_rate(double rate, double now) {
  refill(now);
  rate_ = std::max(rate, kLowestRate);
  permits_ = std::min(permits_, capacity());
}

void TokenBucket::drain(double now) {
  refill(now);
  permits_ = 0;
}

bool TokenBucket::take(double ahead, double now) {
  refill(now);
  if (permits_ + kRounding < ahead + 1) return false;
  permits_ -= 1;
  return true;
}

Seconds TokenBucket::until(double permits, double now) {
  refill(now);
  return Seconds(std::max(0.0, permits - permits_) / rate_);
}

bool TokenBucket::is_full(double now) {
  refill(now);
  return permits_ >= capacity();
}

}  // namespace asiaq::aws::retry
