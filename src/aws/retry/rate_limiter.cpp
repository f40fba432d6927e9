#include "aws/retry/rate_limiter.h"

#include <algorithm>

namespace asiaq::aws::retry {
namespace {

// Before anything is known: what may leave at once (the buckets of EC2 hold fifty writes, see
// docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html), how many a second then, and how
// much faster with every accepted call.
constexpr double kBurst = 50;
constexpr double kOpeningRate = 75;
constexpr double kOpeningStep = 6;
// After so long without a refusal and with permits to spare nothing is known any more.
constexpr double kMemory = 60;

// The first guess: a part of what was accepted, or so many calls in the time that an answer takes,
// which are no more than the next answers can correct.
constexpr double kKeptOfAccepted = 0.7;
constexpr double kCorrectable = 3;
// What is kept of a rate that is suspected and of one that was measured.
constexpr double kKeptOfSuspect = 0.8;
constexpr double kKeptOfMeasured = 0.97;

// A measured rate is reached again after so many calls, but not later than this: the curve is as
// steep as the rate is high, so that the part of refused calls is the same for all.
constexpr double kCallsOfRecovery = 23;
constexpr double kLongestRecovery = 10;

// Accepted calls that make a measurement.
constexpr int kEnough = 16;
// The service's bucket may have run over since the refusal before: then what was accepted is less
// than what flowed in. Not in so short a time, and not if it is close to our own rate.
constexpr double kFresh = 2;
constexpr double kClose = 0.7;

constexpr Seconds kLongestPause{0.25};
constexpr Seconds kShortestPause{0.001};

}  // namespace

RateLimiter::RateLimiter(double now)
    : bucket_(kOpeningRate, kBurst, now), meter_(now), last_accepted_(now) {}

std::uint64_t RateLimiter::join() {
  const std::lock_guard lock(mutex_);
  queue_.push_back(next_ticket_);
  return next_ticket_++;
}

void RateLimiter::leave(std::uint64_t ticket) {
  const std::lock_guard lock(mutex_);
  const auto place = std::lower_bound(queue_.begin(), queue_.end(), ticket);
  if (place != queue_.end() && *place == ticket) queue_.erase(place);
}

Seconds RateLimiter::ask(std::uint64_t ticket, double now) {
  const std::lock_guard lock(mutex_);
  if (limited_ && now - last_refusal_ > kMemory && bucket_.is_full(now)) open(now);
  const auto place = std::lower_bound(queue_.begin(), queue_.end(), ticket);
  const auto ahead = static_cast<double>(place - queue_.begin());
  if (bucket_.take(ahead, now)) {
    queue_.erase(place);
    return Seconds(0);
  }
  return std::clamp(bucket_.until(ahead + 1, now), kShortestPause, kLongestPause);
}

void RateLimiter::open(double now) {
  limited_ = false;
  bucket_ = TokenBucket(kOpeningRate, kBurst, now);
}

void RateLimiter::record(Answer answer, double sent, double now) {
  const std::lock_guard lock(mutex_);
  if (answer == Answer::accepted) {
    accepted(sent, now);
  } else {
    throttled(sent, now);
  }
}

void RateLimiter::accepted(double sent, double now) {
  last_accepted_ = now;
  meter_.record(now);
  if (!limited_) {
    bucket_.set_rate(bucket_.rate() + kOpeningStep, now);
    return;
  }
  if (sent > empty_at_) ++accepted_since_;
  const double most = std::max(cubic_.highest(), 2 * meter_.rate());
  bucket_.set_rate(std::min(cubic_.rate_at(now), most), now);
}

void RateLimiter::throttled(double sent, double now) {
  last_refusal_ = now;
  if (!limited_) {
    limited_ = true;
    fall(first_guess(now - sent, now), 1, now);
    begin_evidence(now);
    return;
  }
  if (sent <= empty_at_) return;
  ++refused_since_;
  const Answers answers{
      .accepted = accepted_since_, .refused = refused_since_, .seconds = sent - empty_at_};
  const Baseline::Finding found = baseline_.compare(answers);
  if (found != Baseline::Finding::none) begin_evidence(sent);
  if (found == Baseline::Finding::independent) {
    go_on_at(baseline_.rate_before(), Cubic::kUsualScale, now);
  } else if (!baseline_.explains(answers)) {
    slow_down(answers, sent, now);
  } else if (accepted_since_ >= kEnough) {
    end_evidence(answers, sent, now);
  }
}

void RateLimiter::slow_down(const Answers& answers, double sent, double now) {
  const double rate = bucket_.rate();
  const double bearable = 1 / (1 - baseline_.part());
  const double inflow = bearable * answers.accepted_rate();
  if (answers.seconds > kFresh && inflow < kClose * rate) {
    fall(rate, kKeptOfSuspect, now);
    end_evidence(answers, sent, now);
  } else if (answers.accepted >= kEnough) {
    bucket_.drain(now);
    go_on_at(inflow, 0, now);
    end_evidence(answers, sent, now);
  } else {
    // Too few to measure by, but no more than one call beyond them flowed in.
    const double most = bearable * (answers.accepted + 1) / answers.seconds;
    fall(std::min(rate, most), kKeptOfMeasured, now);
  }
}

double RateLimiter::first_guess(double latency, double now) const {
  const double accepted = std::max(meter_.rate(), meter_.latest(now));
  const double correctable = kCorrectable / std::max(latency, 0.001);
  return std::max(kKeptOfAccepted * accepted, std::min(correctable, bucket_.rate()));
}

void RateLimiter::fall(double rate, double keep, double now) {
  bucket_.drain(now);
  bucket_.set_rate(cubic_.fall(std::max(rate, baseline_.lowest_rate()), keep, now), now);
}

void RateLimiter::go_on_at(double measured, double least_scale, double now) {
  const double recovery = std::min(kLongestRecovery, kCallsOfRecovery / measured);
  const double scale = measured * (1 - kKeptOfMeasured) / (recovery * recovery * recovery);
  bucket_.set_rate(cubic_.fall(measured, kKeptOfMeasured, now, std::max(scale, least_scale)), now);
}

void RateLimiter::begin_evidence(double now) {
  empty_at_ = now;
  accepted_since_ = 0;
  refused_since_ = 0;
}

void RateLimiter::end_evidence(const Answers& answers, double sent, double now) {
  begin_evidence(sent);
  if (const auto tried = baseline_.add(answers)) go_on_at(*tried, Cubic::kUsualScale, now);
}

std::optional<double> RateLimiter::rate() const {
  const std::lock_guard lock(mutex_);
  return limited_ ? std::optional(bucket_.rate()) : std::nullopt;
}

double RateLimiter::last_accepted() const {
  const std::lock_guard lock(mutex_);
  return last_accepted_;
}

}  // namespace asiaq::aws::retry
