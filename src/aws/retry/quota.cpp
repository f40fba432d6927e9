#include "aws/retry/quota.h"

#include <algorithm>

namespace asiaq::aws::retry {

bool Quota::pay() {
  const std::lock_guard lock(mutex_);
  if (left_ < kPriceOfRetry) return false;
  left_ -= kPriceOfRetry;
  return true;
}

void Quota::succeeded(bool paid) {
  const std::lock_guard lock(mutex_);
  left_ = std::min(most_, left_ + (paid ? kPriceOfRetry : kGainOfSuccess));
}

int Quota::left() const {
  const std::lock_guard lock(mutex_);
  return left_;
}

}  // namespace asiaq::aws::retry
