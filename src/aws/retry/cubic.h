#pragma once

/// How a rate recovers from being too high.
namespace asiaq::aws::retry {

/// The curve of CUBIC (RFC 9438) in the form of AWS's adaptive mode: after a fall it rises quickly
/// towards the rate that was too high, lingers there, and then rises faster and faster. Times are
/// seconds on any clock that does not go back.
class Cubic {
 public:
  /// Of AWS's adaptive mode, in calls per second to the fourth.
  static constexpr double kUsualScale = 0.4;

  /// The rate was too high at `now`: falls to `keep` of it (0 to 1) and returns that. The larger
  /// `scale` is, the steeper is the curve.
  double fall(double rate, double keep, double now, double scale = kUsualScale);
  /// The rate to use at `now`.
  double rate_at(double now) const;

  /// The rate of the last fall.
  double highest() const { return highest_; }
  /// How long after the fall that rate is reached again.
  double recovery() const { return recovery_; }

 private:
  double highest_ = 0;
  double recovery_ = 0;
  double fell_at_ = 0;
  double scale_ = kUsualScale;
};

}  // namespace asiaq::aws::retry
