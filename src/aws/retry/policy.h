#pragma once

#include <functional>
#include <optional>
#include <string>

#include "aws/retry/failure.h"
#include "base/clock.h"

/// When to try again.
namespace asiaq::aws::retry {

struct Settings {
  /// Attempts with the first, for transient faults; of all kinds when the user named a number.
  int transient_attempts = 10;
  std::optional<int> named_attempts;  ///< AWS_MAX_ATTEMPTS or max_attempts of the profile
  Seconds throttling_limit{600};      ///< how long throttling is put up with
  Seconds not_visible_limit{60};
  bool rate_limiter = true;  ///< off in the modes "legacy" and "standard", when these are named
};

struct Attempt {
  int number = 1;  ///< of the one that failed, the first is 1
  Failure failure = Failure::definite;
  Seconds elapsed{0};               ///< since the first attempt began
  std::optional<std::string> hint;  ///< x-amz-retry-after, milliseconds
  bool dynamodb = false;            ///< its faults are worth a shorter pause
};

/// Uniform in [0, 1).
using Random = std::function<double()>;
Random system_random();

/// The pause before the next attempt, or nothing when this one was the last. Pure but for `random`.
std::optional<Seconds> pause_before_next(const Settings& settings, const Attempt& attempt,
                                         const Random& random);

}  // namespace asiaq::aws::retry
