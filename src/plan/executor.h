// Carrying out a plan: ready changes in parallel, independent branches to their end, one summary.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "plan/plan.h"
#include "plan/progress.h"

namespace asiaq::plan {

struct Failure {
  ChangeId change;
  std::string reason;  ///< One line.
};

struct Report {
  std::vector<Outcome> outcomes;  ///< By index of the change.
  std::vector<std::string> ids;   ///< Likewise: of the resource, with those that were made.
  std::vector<Failure> failures;  ///< What failed and what is unknown.
  bool interrupted = false;

  bool succeeded() const { return failures.empty() && !interrupted; }
};

struct ExecutionOptions {
  /// Changes under way at once; at least 1. All that are ready, in an ordinary environment: what
  /// AWS does not allow at once waits in the session's rate limiter.
  std::size_t parallelism = 64;
  /// Called before a change starts and after it ended, never concurrently. By default Progress
  /// shows both.
  std::function<void(const Change&)> on_start;
  std::function<void(const Change&, Outcome)> on_end;
  /// Called by carry_out() with what became of the changes, before it returns or throws.
  std::function<void(const Report&)> on_report;
  /// Called with what is known when the process is about to be left at once. Must not throw.
  std::function<void(const Report&)> on_leaving;
};

/// Runs every change of the plan whose predecessors succeeded. A failure stops only what follows
/// it. On a signal no further change is started and those under way are finished, but for mere
/// waits, which end as "not started". A second signal ends the process at once with status 1, after
/// naming on stderr what was under way and so is unknown. Does not throw for failed changes.
Report execute(const Plan& plan, const ExecutionOptions& options = {});

/// Runs the plan and says on stderr how many changes were made. Throws PlanError if anything
/// failed, Interrupted if it was interrupted, each after naming on stderr what was not started and
/// every failure that the error itself does not name.
void carry_out(const Plan& plan, const ExecutionOptions& options = {});

/// Kind "Plan". The message counts done, failed and not started changes and gives the first
/// failure's reason.
class PlanError : public Error {
 public:
  PlanError(const Plan& plan, const Report& report);
};

}  // namespace asiaq::plan
