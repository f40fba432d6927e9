// A service that meters its calls, and callers that share a limiter, in simulated time.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <queue>
#include <random>
#include <vector>

#include "aws/retry/policy.h"
#include "aws/retry/rate_limiter.h"

namespace asiaq::aws::retry {

struct Contention {
  int callers = 64;
  int calls = 600;
  double burst = 20;        ///< calls that the service takes at once
  double inflow = 20;       ///< and how many more a second
  double latency = 0.05;    ///< seconds from sending to the answer
  double jitter = 0.5;      ///< how much of the latency may come on top of it
  double chance = 0;        ///< part of the calls that are refused whatever the bucket holds
  double slump_from = 1e9;  ///< from this second on only a quarter flows in
  bool limited = true;      ///< false: callers mind nothing but the pauses between attempts
};

struct Outcome {
  double seconds = 0;
  int done = 0;
  int sent = 0;
  int refused = 0;
  int waited_longest_for = 0;  ///< attempts of one call
};

/// Runs until every call is accepted. The same seed gives the same run.
class ContentionRun {
 public:
  ContentionRun(const Contention& contention, unsigned seed)
      : it_(contention),
        random_(seed),
        tokens_(contention.burst),
        left_(contention.calls),
        callers_(static_cast<std::size_t>(contention.callers)) {}

  Outcome run() {
    for (std::size_t caller = 0; caller < callers_.size(); ++caller) next_call(caller, 0);
    while (!events_.empty()) {
      const Event event = events_.top();
      events_.pop();
      event.happen(event.time);
    }
    return outcome_;
  }

 private:
  struct Event {
    double time;
    int order;
    std::function<void(double)> happen;
    bool operator<(const Event& other) const {
      return time != other.time ? time > other.time : order > other.order;
    }
  };
  struct Caller {
    std::unique_ptr<RateLimiter::Place> place;
    int attempt = 0;
  };

  double random() { return std::uniform_real_distribution<double>(0, 1)(random_); }
  double half_way() { return it_.latency / 2 * (1 + it_.jitter * random()); }
  void at(double time, std::function<void(double)> happen) {
    events_.push({time, order_++, std::move(happen)});
  }

  void next_call(std::size_t caller, double now) {
    if (left_ == 0) return;
    --left_;
    callers_[caller].attempt = 0;
    attempt(caller, now);
  }

  void attempt(std::size_t caller, double now) {
    outcome_.waited_longest_for = std::max(outcome_.waited_longest_for, ++callers_[caller].attempt);
    callers_[caller].place = std::make_unique<RateLimiter::Place>(limiter_);
    ask(caller, now);
  }

  void ask(std::size_t caller, double now) {
    const double pause = it_.limited ? callers_[caller].place->ask(now).count() : 0;
    if (pause > 0) {
      at(now + pause, [this, caller](double later) { ask(caller, later); });
      return;
    }
    callers_[caller].place.reset();
    ++outcome_.sent;
    at(now + half_way(), [this, caller, sent = now](double arrived) {
      const bool taken = take(arrived);
      at(arrived + half_way(),
         [=, this](double answered) { answer(caller, taken, sent, answered); });
    });
  }

  double inflow(double now) const { return now < it_.slump_from ? it_.inflow : it_.inflow / 4; }

  bool take(double now) {
    tokens_ = std::min(it_.burst, tokens_ + (now - filled_at_) * inflow(now));
    filled_at_ = now;
    if (tokens_ < 1 || (it_.chance > 0 && random() < it_.chance)) return false;
    tokens_ -= 1;
    return true;
  }

  void answer(std::size_t caller, bool taken, double sent, double now) {
    limiter_.record(taken ? RateLimiter::Answer::accepted : RateLimiter::Answer::throttled, sent,
                    now);
    if (taken) {
      ++outcome_.done;
      outcome_.seconds = now;
      next_call(caller, now);
      return;
    }
    ++outcome_.refused;
    const auto pause =
        pause_before_next({}, {.number = callers_[caller].attempt, .failure = Failure::throttling},
                          [this] { return random(); });
    at(now + pause->count(), [this, caller](double later) { attempt(caller, later); });
  }

  Contention it_;
  std::mt19937_64 random_;
  double tokens_;
  double filled_at_ = 0;
  int left_;
  RateLimiter limiter_{0};
  std::vector<Caller> callers_;
  std::priority_queue<Event> events_;
  int order_ = 0;
  Outcome outcome_;
};

}  // namespace asiaq::aws::retry
