#include "aws/retry/rate_meter.h"

#include <algorithm>
#include <cmath>

namespace asiaq::aws::retry {
namespace {

constexpr double kSlot = 0.5;
constexpr double kWeightOfLatest = 0.8;

double slot_of(double now) { return std::floor(now / kSlot) * kSlot; }

}  // namespace

RateMeter::RateMeter(double now) : slot_(slot_of(now)) {}

double RateMeter::record(double now) {
  ++count_;
  const double slot = slot_of(now);
  if (slot > slot_) {
    rate_ = kWeightOfLatest * (count_ / (slot - slot_)) + (1 - kWeightOfLatest) * rate_;
    count_ = 0;
    slot_ = slot;
  }
  return rate_;
}

double RateMeter::latest(double now) const { return count_ / std::max(kSlot, now - slot_); }

}  // namespace asiaq::aws::retry
