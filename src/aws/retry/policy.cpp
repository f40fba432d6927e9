#include "aws/retry/policy.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace asiaq::aws::retry {
namespace {

constexpr double kLongest = 20;
// Clock and credentials are put right once; a third attempt is for the two together.
constexpr int kAttemptsToPutRight = 3;

double backoff(const Attempt& attempt) {
  double base = attempt.dynamodb ? 0.025 : 0.05;
  if (attempt.failure == Failure::throttling) base = 1;
  if (attempt.failure == Failure::not_visible_yet) base = 0.5;
  const int doublings = std::min(attempt.number - 1, 30);
  return std::min(std::ldexp(base, doublings), kLongest);
}

bool may_go_on(const Settings& settings, const Attempt& attempt, Seconds pause) {
  if (settings.named_attempts && attempt.number >= *settings.named_attempts) return false;
  switch (attempt.failure) {
    case Failure::definite:
      return false;
    case Failure::throttling:
      return attempt.without_progress + pause <= settings.call_limit;
    case Failure::not_visible_yet:
      return attempt.elapsed + pause <= settings.not_visible_limit;
    case Failure::transient:
      return attempt.alike < settings.most_attempts() &&
             attempt.elapsed + pause <= settings.call_limit;
    case Failure::clock_skew:
    case Failure::expired_credentials:
      return attempt.alike < kAttemptsToPutRight;
  }
  return false;
}

}  // namespace

Random system_random() {
  return [] {
    thread_local std::mt19937_64 engine{std::random_device{}()};
    return std::uniform_real_distribution<double>(0, 1)(engine);
  };
}

std::optional<Seconds> pause_before_next(const Settings& settings, const Attempt& attempt,
                                         const Random& random) {
  const Seconds own(random() * backoff(attempt) * settings.pause_scale);
  const Seconds pause = obey(attempt.hints, own);
  if (!may_go_on(settings, attempt, pause)) return std::nullopt;
  return pause;
}

}  // namespace asiaq::aws::retry
