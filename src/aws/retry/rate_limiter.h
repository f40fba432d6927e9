#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/clock.h"

/// Slowing down together when AWS says that there are too many calls.
namespace asiaq::aws::retry {

/// How fast calls may be sent, learnt from the answers: the rate drops to 0.7 of what was measured
/// when AWS throttles, and grows along a cubic curve afterwards, never above twice what is
/// measured. Before the first throttling there is no limit. Times are seconds on any clock that
/// does not go back. Thread-safe.
class RateLimiter {
 public:
  /// Takes a permit; returns how long to wait before sending. Whoever asks later waits longer:
  /// permits of the future are handed out in order.
  Seconds acquire(double now);

  enum class Answer { accepted, throttled };
  void record(Answer answer, double now);

  /// Calls per second; nothing limits them yet when `limited` is false.
  double rate() const;
  bool limited() const;

 private:
  void refill(double now);
  void set_rate(double rate, double now);
  void measure(double now);

  mutable std::mutex mutex_;
  bool limited_ = false;
  double fill_rate_ = 0;
  double capacity_ = 0;
  double permits_ = 0;
  double last_refill_ = 0;
  double measured_ = 0;
  double slot_ = 0;
  int count_ = 0;
  bool slot_open_ = false;
  double last_max_ = 0;
  double last_throttle_ = 0;
  double window_ = 0;
};

/// One limiter per service, region and kind of operation, shared by all threads of a session.
/// Thread-safe.
class RateLimiters {
 public:
  RateLimiter& of(const std::string& key);

 private:
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<RateLimiter>> limiters_;
};

}  // namespace asiaq::aws::retry
