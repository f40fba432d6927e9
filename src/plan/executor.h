// Carrying out a plan: ready changes in parallel, independent branches to their end, one summary.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "plan/plan.h"

namespace asiaq::plan {

enum class Outcome { done, failed, not_started };

struct ExecutionOptions {
  std::size_t parallelism = 16;  ///< Changes under way at once; at least 1.
  /// Called before a change starts and after it ended, never concurrently. By default a log line
  /// each.
  std::function<void(const Change&)> on_start;
  std::function<void(const Change&, Outcome)> on_end;
};

struct Failure {
  ChangeId change;
  std::string reason;  ///< One line.
};

struct Report {
  std::vector<Outcome> outcomes;  ///< By index of the change.
  std::vector<Failure> failures;
  bool interrupted = false;

  bool succeeded() const { return failures.empty() && !interrupted; }
};

/// Runs every change of the plan whose predecessors succeeded. A failure stops only what follows
/// it. On a signal no further change is started and those under way are finished. Does not throw
/// for failed changes.
Report execute(const Plan& plan, const ExecutionOptions& options = {});

/// Runs the plan and throws PlanError if anything failed, Interrupted (after naming what was done
/// on stderr) if it was interrupted.
void carry_out(const Plan& plan, const ExecutionOptions& options = {});

/// Kind "Plan". The message counts done, failed and not started changes and gives the first
/// failure's reason; the others were logged.
class PlanError : public Error {
 public:
  PlanError(const Plan& plan, const Report& report);
};

}  // namespace asiaq::plan
