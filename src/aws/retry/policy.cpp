#include "aws/retry/policy.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "base/text.h"

namespace asiaq::aws::retry {
namespace {

constexpr double kLongest = 20;
constexpr double kMostAddedByHint = 5;

double backoff(const Attempt& attempt) {
  double base = attempt.dynamodb ? 0.025 : 0.05;
  if (attempt.failure == Failure::throttling) base = 1;
  if (attempt.failure == Failure::not_visible_yet) base = 0.5;
  const int doublings = std::min(attempt.number - 1, 30);
  return std::min(std::ldexp(base, doublings), kLongest);
}

std::optional<double> hinted_seconds(const Attempt& attempt) {
  if (!attempt.hint) return std::nullopt;
  const auto milliseconds = parse_integer(trimmed(*attempt.hint));
  if (!milliseconds || *milliseconds < 0) return std::nullopt;
  return static_cast<double>(*milliseconds) / 1000;
}

bool may_go_on(const Settings& settings, const Attempt& attempt, Seconds pause) {
  if (settings.named_attempts && attempt.number >= *settings.named_attempts) return false;
  switch (attempt.failure) {
    case Failure::definite:
      return false;
    case Failure::throttling:
      return attempt.elapsed + pause <= settings.throttling_limit;
    case Failure::not_visible_yet:
      return attempt.elapsed + pause <= settings.not_visible_limit;
    case Failure::transient:
      return settings.named_attempts || attempt.number < settings.transient_attempts;
    case Failure::clock_skew:
    case Failure::expired_credentials:
      return attempt.number < 3;
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
  double pause = random() * backoff(attempt);
  if (const auto hint = hinted_seconds(attempt)) {
    pause = std::max(pause, std::min(*hint, pause + kMostAddedByHint));
  }
  if (!may_go_on(settings, attempt, Seconds(pause))) return std::nullopt;
  return Seconds(pause);
}

}  // namespace asiaq::aws::retry
