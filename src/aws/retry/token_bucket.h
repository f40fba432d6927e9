#pragma once

#include "base/clock.h"

/// Permits that come at a steady pace.
namespace asiaq::aws::retry {

/// As in the adaptive mode of AWS's SDKs: holds what comes in one second, at least one permit, and
/// fills by at least `kLowestRate` permits a second. Times are seconds on any clock that does not
/// go back. Not thread-safe.
class TokenBucket {
 public:
  static constexpr double kLowestRate = 0.5;

  /// Permits per second, and how many are there at the time `now`.
  TokenBucket(double rate, double permits, double now);

  /// What has come until now stays; what the new capacity cannot hold is lost.
  void set_rate(double rate, double now);
  /// Nothing is left.
  void drain(double now);
  /// Takes a permit if `ahead` of them would still be left for others.
  bool take(double ahead, double now);
  /// How long until `permits` will be there, if nobody takes any. Zero if they are there.
  Seconds until(double permits, double now);
  bool is_full(double now);

  double rate() const { return rate_; }
  double capacity() const { return rate_ > 1 ? rate_ : 1; }

 private:
  void refill(double now);

  double rate_;
  double permits_;
  double filled_at_;
};

}  // namespace asiaq::aws::retry
