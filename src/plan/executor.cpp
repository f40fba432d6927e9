#include "plan/executor.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "base/interrupt.h"
#include "base/log.h"

namespace asiaq::plan {

namespace {

std::string described(const Change& change) {
  return fmt::format("{} {} {}", to_string(change.verb), change.resource.kind,
                     change.resource.name);
}

std::size_t count(const Report& report, Outcome outcome) {
  return static_cast<std::size_t>(
      std::count(report.outcomes.begin(), report.outcomes.end(), outcome));
}

/// One run of one plan. All members below `mutex_` are guarded by it.
class Execution {
 public:
  Execution(const Plan& plan, const ExecutionOptions& options)
      : changes_(plan.changes()), options_(options) {
    report_.outcomes.assign(changes_.size(), Outcome::not_started);
    waiting_for_.resize(changes_.size());
    followers_.resize(changes_.size());
    for (std::size_t i = 0; i < changes_.size(); ++i) {
      waiting_for_[i] = changes_[i].after.size();
      for (const ChangeId predecessor : changes_[i].after) {
        followers_[predecessor.index].push_back(i);
      }
      if (waiting_for_[i] == 0) ready_.push_back(i);
    }
  }

  Report run() {
    const std::size_t workers =
        std::min(std::max<std::size_t>(options_.parallelism, 1), changes_.size());
    std::vector<std::jthread> threads;
    threads.reserve(workers);
    for (std::size_t i = 0; i < workers; ++i) {
      threads.emplace_back([this] { work(); });
    }
    threads.clear();
    report_.interrupted = interrupt::requested() && count(report_, Outcome::not_started) > 0;
    // Nobody is told of a failure by an error when the run ends for another reason.
    if (interrupt::requested() && !report_.failures.empty()) log_failure(report_.failures.front());
    return std::move(report_);
  }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return !ready_.empty() || under_way_ == 0; });
      if (ready_.empty() || interrupt::requested()) break;
      const std::size_t index = ready_.front();
      ready_.pop_front();
      ++under_way_;
      announce_start(changes_[index]);
      lock.unlock();
      const std::string reason = attempt(changes_[index]);
      lock.lock();
      --under_way_;
      conclude(index, reason);
      changed_.notify_all();
    }
    changed_.notify_all();
  }

  /// The reason of the failure; empty if there was none.
  static std::string attempt(const Change& change) {
    try {
      change.carry_out();
      return {};
    } catch (const Interrupted&) {
      return "interrupted";
    } catch (const std::exception& error) {
      return error.what();
    }
  }

  void announce_start(const Change& change) {
    if (options_.on_start) {
      options_.on_start(change);
    } else {
      log::debug("Starting: {}", described(change));
    }
  }

  void conclude(std::size_t index, const std::string& reason) {
    const Change& change = changes_[index];
    const Outcome outcome = reason.empty() ? Outcome::done : Outcome::failed;
    report_.outcomes[index] = outcome;
    if (outcome == Outcome::failed) {
      report_.failures.push_back({{index}, reason});
      announce_failure(report_.failures.back());
    } else {
      for (const std::size_t follower : followers_[index]) {
        if (--waiting_for_[follower] == 0) ready_.push_back(follower);
      }
    }
    if (options_.on_end) {
      options_.on_end(change, outcome);
    } else if (outcome == Outcome::done) {
      log::info("Done: {}{}", described(change),
                change.details.size() == 1 ? " (" + change.details.front() + ")" : "");
    }
  }

  /// The reason of the first failure is what the run's error will say; those of others only appear
  /// here.
  void announce_failure(const Failure& failure) const {
    if (report_.failures.size() > 1) {
      log_failure(failure);
    } else if (under_way_ > 0 || !ready_.empty()) {
      log::warning("Failed to {}; what does not depend on it goes on",
                   described(changes_[failure.change.index]));
    }
  }

  void log_failure(const Failure& failure) const {
    log::error("Failed to {}: {}", described(changes_[failure.change.index]), failure.reason);
  }

  const std::vector<Change>& changes_;
  const ExecutionOptions& options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::size_t> waiting_for_;
  std::vector<std::vector<std::size_t>> followers_;
  std::deque<std::size_t> ready_;
  std::size_t under_way_ = 0;
  Report report_;
};

}  // namespace

Report execute(const Plan& plan, const ExecutionOptions& options) {
  if (plan.empty()) return {};
  return Execution(plan, options).run();
}

void carry_out(const Plan& plan, const ExecutionOptions& options) {
  const Report report = execute(plan, options);
  if (report.succeeded()) return;
  if (report.interrupted) {
    log::warning(
        "Interrupted: {} of {} changes done, {} not started; the same command goes on from here",
        count(report, Outcome::done), report.outcomes.size(), count(report, Outcome::not_started));
    interrupt::check();
  }
  throw PlanError(plan, report);
}

namespace {

std::string summary(const Plan& plan, const Report& report) {
  const Failure& first = report.failures.front();
  const std::string failure =
      fmt::format("{}: {}", described(plan.changes()[first.change.index]), first.reason);
  // Counting one change says nothing.
  if (report.outcomes.size() == 1) return failure;
  return fmt::format("{} of {} changes done, {} failed, {} not started; first failure: {}",
                     count(report, Outcome::done), report.outcomes.size(), report.failures.size(),
                     count(report, Outcome::not_started), failure);
}

}  // namespace

PlanError::PlanError(const Plan& plan, const Report& report)
    : Error("Plan", summary(plan, report)) {
  if (report.outcomes.size() > 1) set_hint("run the same command again to go on");
}

}  // namespace asiaq::plan
