#pragma once

/// How many calls a second there are.
namespace asiaq::aws::retry {

/// Counts by slots of half a second and smooths, as the adaptive mode of AWS's SDKs does. Times
/// are seconds on any clock that does not go back. Not thread-safe.
class RateMeter {
 public:
  explicit RateMeter(double now);

  /// One more. Returns the smoothed rate.
  double record(double now);
  /// Smoothed over the slots before the one that is being counted.
  double rate() const { return rate_; }
  /// That of the slot that is being counted, taken to be one slot long at least.
  double latest(double now) const;

 private:
  double slot_;
  double rate_ = 0;
  int count_ = 0;
};

}  // namespace asiaq::aws::retry
