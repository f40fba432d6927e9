#include "aws/retry/cubic.h"

#include <cmath>

namespace asiaq::aws::retry {

double Cubic::fall(double rate, double keep, double now, double scale) {
  scale_ = scale;
  highest_ = rate;
  recovery_ = std::cbrt(rate * (1 - keep) / scale);
  fell_at_ = now;
  return rate * keep;
}

double Cubic::rate_at(double now) const {
  return scale_ * std::pow(now - fell_at_ - recovery_, 3) + highest_;
}

}  // namespace asiaq::aws::retry
