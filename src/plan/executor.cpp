#include "plan/executor.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "aws/error.h"
#include "base/interrupt.h"
#include "base/log.h"
#include "base/status_line.h"
#include "base/text.h"

namespace asiaq::plan {

namespace {

constexpr std::chrono::milliseconds watch_interval{100};
constexpr int signals_until_leaving = 2;

std::size_t count(const Report& report, Outcome outcome) {
  return static_cast<std::size_t>(
      std::count(report.outcomes.begin(), report.outcomes.end(), outcome));
}

/// Whether a change that ended with this error may have been carried out all the same.
bool leaves_unknown(const Change& change, const std::exception& error) {
  if (change.verb == Verb::wait) return false;
  if (const auto* answer = dynamic_cast<const aws::ServiceError*>(&error)) {
    return answer->facts().outcome_unknown;
  }
  const auto* lost = dynamic_cast<const aws::ConnectionError*>(&error);
  return lost != nullptr && lost->sent() == aws::ConnectionError::Sent::perhaps;
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
      report_.ids.push_back(changes_[i].resource.id);
      waiting_for_[i] = changes_[i].after.size();
      for (const ChangeId predecessor : changes_[i].after) {
        followers_[predecessor.index].push_back(i);
      }
    }
    // A change is added after those it follows.
    chains_.resize(changes_.size());
    for (std::size_t i = changes_.size(); i-- > 0;) {
      for (const std::size_t follower : followers_[i]) {
        chains_[i] = std::max(chains_[i], chains_[follower] + 1);
      }
    }
    for (std::size_t i = 0; i < changes_.size(); ++i) {
      if (waiting_for_[i] == 0) make_ready(i);
    }
  }

  Report run() {
    const std::size_t workers =
        std::min(std::max<std::size_t>(options_.parallelism, 1), changes_.size());
    active_workers_ = workers;
    std::vector<std::jthread> threads;
    threads.reserve(workers);
    for (std::size_t i = 0; i < workers; ++i) {
      threads.emplace_back([this] { work(); });
    }
    watch();
    threads.clear();
    report_.interrupted = interrupt::requested() && count(report_, Outcome::not_started) > 0;
    return std::move(report_);
  }

 private:
  void make_ready(std::size_t index) {
    ready_.emplace(-chains_[index], index);
    changed_.notify_one();
  }

  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return !ready_.empty() || under_way_.empty(); });
      if (ready_.empty() || interrupt::requested()) break;
      const std::size_t index = ready_.extract(ready_.begin()).value().second;
      under_way_.insert(index);
      announce_start(changes_[index]);
      lock.unlock();
      const Result result = attempt(changes_[index]);
      lock.lock();
      under_way_.erase(index);
      conclude(index, result);
      if (under_way_.empty()) changed_.notify_all();
    }
    --active_workers_;
    ended_.notify_all();
  }

  /// Until all workers have ended. A signal handler cannot notify, so that this looks now and then.
  void watch() {
    bool was_told = false;
    std::unique_lock lock(mutex_);
    while (!ended_.wait_for(lock, watch_interval, [this] { return active_workers_ == 0; })) {
      const int signals = interrupt::count() - signals_before_;
      if (signals >= signals_until_leaving) leave_at_once();
      if (signals > 0 && !was_told) {
        was_told = true;
        log::warning(
            "Interrupted: no further change is started; waiting for {} under way (again: leave at "
            "once)",
            under_way_.size());
      }
    }
  }

  /// Threads cannot be stopped in the middle of a call; their process can.
  [[noreturn]] void leave_at_once() {
    std::vector<std::string> names;
    for (const std::size_t index : under_way_) {
      names.push_back(described(changes_[index]));
      const bool is_wait = changes_[index].verb == Verb::wait;
      report_.outcomes[index] = is_wait ? Outcome::not_started : Outcome::unknown;
    }
    report_.interrupted = true;
    status_line::show({});
    if (options_.on_leaving) options_.on_leaving(report_);
    log::error("Left at once; unknown whether done: {}. The same command goes on from here",
               names.empty() ? "nothing" : join(names, ", "));
    std::_Exit(static_cast<int>(ExitStatus::failure));
  }

  struct Result {
    Outcome outcome = Outcome::done;
    std::string reason;  ///< Of what is failed or unknown.
  };

  static Result attempt(const Change& change) {
    try {
      // Waiting changes nothing and may take long; everything else is brought to its end.
      std::optional<interrupt::Shield> shield;
      if (change.verb != Verb::wait) shield.emplace();
      change.carry_out();
      return {};
    } catch (const Interrupted&) {
      return {Outcome::not_started, {}};
    } catch (const std::exception& error) {
      return {leaves_unknown(change, error) ? Outcome::unknown : Outcome::failed, error.what()};
    }
  }

  void announce_start(const Change& change) {
    if (options_.on_start) {
      options_.on_start(change);
    } else {
      progress_.started(change);
    }
  }

  void conclude(std::size_t index, const Result& result) {
    const Change& change = changes_[index];
    report_.outcomes[index] = result.outcome;
    // Whoever makes the resource has ended: this change, or one that it followed.
    if (change.resource.id.empty() && change.resource.id_when_made) {
      report_.ids[index] = change.resource.id_when_made();
    }
    if (result.outcome == Outcome::failed || result.outcome == Outcome::unknown) {
      report_.failures.push_back({{index}, result.reason});
    } else if (result.outcome == Outcome::done) {
      for (const std::size_t follower : followers_[index]) {
        if (--waiting_for_[follower] == 0) make_ready(follower);
      }
    }
    if (options_.on_end) {
      options_.on_end(change, result.outcome);
    } else {
      progress_.ended(change, result.outcome);
    }
  }

  const std::vector<Change>& changes_;
  const ExecutionOptions& options_;
  std::mutex mutex_;
  std::condition_variable changed_;  ///< There is something to do, or nothing any more.
  std::condition_variable ended_;    ///< A worker has left.
  std::vector<std::size_t> waiting_for_;
  std::vector<std::vector<std::size_t>> followers_;
  std::vector<std::ptrdiff_t> chains_;  ///< How many changes follow one after another at most.
  /// The change that the longest chain waits for comes first.
  std::set<std::pair<std::ptrdiff_t, std::size_t>> ready_;
  std::set<std::size_t> under_way_;
  std::size_t active_workers_ = 0;
  Progress progress_{changes_.size()};
  Report report_;
  const int signals_before_ = interrupt::count();
};

/// What the summary's last line does not say: names of what was not started, further failures.
void name_the_rest(const Plan& plan, const Report& report) {
  constexpr std::size_t most = 10;
  const std::size_t told_by_error = report.interrupted ? 0 : 1;
  for (std::size_t i = told_by_error; i < report.failures.size(); ++i) {
    const Failure& failure = report.failures[i];
    log::error("{}: {}", described(plan.changes()[failure.change.index]), failure.reason);
  }
  std::vector<std::string> names;
  for (std::size_t i = 0; i < report.outcomes.size(); ++i) {
    if (report.outcomes[i] != Outcome::not_started) continue;
    if (names.size() < most) names.push_back(described(plan.changes()[i]));
  }
  const std::size_t total = count(report, Outcome::not_started);
  if (total == 0) return;
  log::warning("Not started: {}{}", join(names, ", "),
               total > names.size() ? fmt::format(" and {} more", total - names.size()) : "");
}

}  // namespace

Report execute(const Plan& plan, const ExecutionOptions& options) {
  if (plan.empty()) return {};
  return Execution(plan, options).run();
}

void carry_out(const Plan& plan, const ExecutionOptions& options) {
  const Report report = execute(plan, options);
  if (options.on_report) options.on_report(report);
  if (report.succeeded()) {
    log::info("{} {} made", report.outcomes.size(),
              report.outcomes.size() == 1 ? "change" : "changes");
    return;
  }
  name_the_rest(plan, report);
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
  std::string failure =
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
