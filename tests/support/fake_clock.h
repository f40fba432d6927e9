// A clock that only moves when somebody sleeps.
#pragma once

#include "base/clock.h"

namespace asiaq {

class FakeClock final : public Clock {
 public:
  WallTime now() const override {
    return from_unix_seconds(1'450'000'000) +
           std::chrono::duration_cast<WallTime::duration>(slept_);
  }
  SteadyTime steady_now() const override {
    return SteadyTime() + std::chrono::duration_cast<SteadyTime::duration>(slept_);
  }
  void sleep_for(Seconds duration) override {
    if (duration.count() > 0) slept_ += duration;
  }
  /// All the time slept so far.
  Seconds slept() const { return slept_; }

 private:
  Seconds slept_{0};
};

}  // namespace asiaq
