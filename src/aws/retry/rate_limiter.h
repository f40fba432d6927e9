#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>

#include "aws/retry/baseline.h"
#include "aws/retry/cubic.h"
#include "aws/retry/rate_meter.h"
#include "aws/retry/token_bucket.h"
#include "base/clock.h"

/// Slowing down together when AWS says that there are too many calls.
namespace asiaq::aws::retry {

/// How fast calls may be sent, learnt from the answers, for all threads that call the same part of
/// a service. AWS meters calls with buckets: so many at once, then as many as flow in. Hence:
///
/// - Until the first refusal nothing is known. A burst may leave at once; then the rate rises with
///   every accepted call, so that the bucket is found empty by a few calls and not by all.
/// - At every refusal the bucket is empty. What was accepted between two of them is what flowed in:
///   that is the rate, to within one call. Refusals of calls that were sent before the last known
///   one say nothing new.
/// - Unless slowing down does not help: refusals that are as many at a much lower rate come from
///   elsewhere (Baseline). Then the rate goes back to what it was, and only what is refused beyond
///   that part of the calls is the bucket's doing.
/// - From a little below that rate it rises along a cubic curve: it lingers at the rate, then looks
///   for more. It rises no further than twice what is really sent.
/// - Whoever waits stands in a queue and asks again, so that a change of the rate reaches all.
///
/// Times are seconds on any clock that does not go back. Thread-safe.
class RateLimiter {
 public:
  explicit RateLimiter(double now);

  /// A call's place in the queue; given back when it goes, with or without a permit. Used by one
  /// thread.
  class Place {
   public:
    explicit Place(RateLimiter& limiter) : limiter_(limiter), ticket_(limiter.join()) {}
    ~Place() { limiter_.leave(ticket_); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    /// Zero: the call may be sent. Else how long to wait before asking again, 1 ms to 250 ms.
    Seconds ask(double now) { return limiter_.ask(ticket_, now); }

   private:
    RateLimiter& limiter_;
    std::uint64_t ticket_;
  };

  enum class Answer { accepted, throttled };
  /// What became of a call: when it was sent and when the answer came.
  void record(Answer answer, double sent, double now);

  /// Calls per second; nothing before the first refusal.
  std::optional<double> rate() const;
  /// When a call was last accepted; the time of construction before that.
  double last_accepted() const;

 private:
  std::uint64_t join();
  void leave(std::uint64_t ticket);
  Seconds ask(std::uint64_t ticket, double now);
  void open(double now);
  void accepted(double sent, double now);
  void throttled(double sent, double now);
  double first_guess(double latency, double now) const;
  void slow_down(const Answers& answers, double sent, double now);
  void fall(double rate, double keep, double now);
  void go_on_at(double measured, double least_scale, double now);
  void begin_evidence(double now);
  void end_evidence(const Answers& answers, double sent, double now);

  mutable std::mutex mutex_;
  std::deque<std::uint64_t> queue_;
  std::uint64_t next_ticket_ = 0;
  TokenBucket bucket_;
  RateMeter meter_;
  Cubic cubic_;
  bool limited_ = false;
  double last_accepted_;
  double last_refusal_ = 0;
  double empty_at_ = 0;     ///< the service's bucket was, by the time of sending
  int accepted_since_ = 0;  ///< of the calls sent after that
  int refused_since_ = 0;
  Baseline baseline_;
};

}  // namespace asiaq::aws::retry
