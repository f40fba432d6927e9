// A clock that only moves when somebody sleeps.
#pragma once

#include <mutex>

#include "base/clock.h"

namespace asiaq {

class FakeClock final : public Clock {
 public:
  WallTime now() const override {
    return from_unix_seconds(1'450'000'000) +
           std::chrono::duration_cast<WallTime::duration>(slept());
  }
  SteadyTime steady_now() const override {
    return SteadyTime() + std::chrono::duration_cast<SteadyTime::duration>(slept());
  }
  void sleep_for(Seconds duration) override {
    const std::lock_guard lock(mutex_);
    if (duration.count() > 0) slept_ += duration;
  }
  /// All the time slept so far.
  Seconds slept() const {
    const std::lock_guard lock(mutex_);
    return slept_;
  }

 private:
  mutable std::mutex mutex_;
  Seconds slept_{0};
};

}  // namespace asiaq
