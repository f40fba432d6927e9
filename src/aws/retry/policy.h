#pragma once

#include <functional>
#include <optional>

#include "aws/retry/failure.h"
#include "aws/retry/hints.h"
#include "base/clock.h"

/// When to try again.
namespace asiaq::aws::retry {

struct Settings {
  /// Attempts with the first, for transient faults; of all kinds when the user named a number.
  int transient_attempts = 10;
  std::optional<int> named_attempts;  ///< AWS_MAX_ATTEMPTS or max_attempts of the profile
  /// How long a call goes on: throttled, as long as none of its kind is accepted; for other
  /// reasons, in all.
  Seconds call_limit{600};
  Seconds not_visible_limit{60};
  bool rate_limiter = true;  ///< off in the modes "legacy" and "standard", when these are named
  double pause_scale = 1;    ///< of the pauses of our own choice: ASIAQ_WAIT_SCALE, see base/wait.h

  /// What a request says of itself: attempts with the first.
  int most_attempts() const { return named_attempts.value_or(transient_attempts); }
};

struct Attempt {
  int number = 1;  ///< of the one that failed, the first is 1
  int alike = 1;   ///< how many failed in the same way, this one included
  Failure failure = Failure::definite;
  Seconds elapsed{0};           ///< since the first attempt began
  Seconds without_progress{0};  ///< since then, or since a call of the kind was accepted
  Hints hints{};
  bool dynamodb = false;  ///< its faults are worth a shorter pause
};

/// Uniform in [0, 1).
using Random = std::function<double()>;
Random system_random();

/// The pause before the next attempt, or nothing when this one was the last. By the standard mode
/// of AWS's SDKs since November 2026: a random part of 50 ms (throttled: 1 s, DynamoDB: 25 ms)
/// doubled with every attempt up to 20 s, all of it scaled, then what the service's hints add. Pure
/// but for `random`.
std::optional<Seconds> pause_before_next(const Settings& settings, const Attempt& attempt,
                                         const Random& random);

}  // namespace asiaq::aws::retry
