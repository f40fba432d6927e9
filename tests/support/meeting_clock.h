// A clock for several threads: time passes only while all of them sleep.
#pragma once

#include <condition_variable>
#include <mutex>
#include <set>

#include "base/clock.h"

namespace asiaq {

/// Simulated time for a known number of threads. When the last of them goes to sleep, it is at once
/// the moment at which the first of them wants to wake up; so a test does not depend on the
/// machine's speed.
class MeetingClock final : public Clock {
 public:
  explicit MeetingClock(int threads) : threads_(threads) {}

  WallTime now() const override {
    return from_unix_seconds(1'450'000'000) +
           std::chrono::duration_cast<WallTime::duration>(steady_now().time_since_epoch());
  }
  SteadyTime steady_now() const override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  void sleep_for(Seconds duration) override {
    std::unique_lock lock(mutex_);
    const SteadyTime end = now_ + std::chrono::ceil<SteadyTime::duration>(duration);
    if (end <= now_) return;
    ends_.insert(end);
    pass();
    passed_.wait(lock, [&] { return now_ >= end; });
  }
  /// One of the threads sleeps no more.
  void leave() {
    const std::lock_guard lock(mutex_);
    --threads_;
    pass();
  }
  Seconds passed() const { return steady_now().time_since_epoch(); }

 private:
  void pass() {
    if (threads_ == 0 || ends_.size() < static_cast<std::size_t>(threads_)) return;
    now_ = *ends_.begin();
    ends_.erase(ends_.begin(), ends_.upper_bound(now_));
    passed_.notify_all();
  }

  mutable std::mutex mutex_;
  std::condition_variable passed_;
  int threads_;
  SteadyTime now_{};
  std::multiset<SteadyTime> ends_;  ///< Of those asleep.
};

}  // namespace asiaq
