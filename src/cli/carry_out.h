// What happens to a command's plan.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "cli/context.h"
#include "plan/executor.h"
#include "plan/plan.h"

namespace asiaq::cli {

/// With --dry-run prints the plan (as text, or as JSON with --output json), notes in the context
/// whether it has changes, and changes nothing; otherwise carries it out. Throws what
/// plan::carry_out throws.
void carry_out(Context& context, const plan::Plan& plan);

/// A command that carries out a plan and with --output json says what became of each change.
struct ReportedRun {
  const plan::Plan& plan;
  /// Facts of the environment that the command is about, as plan::Run has them.
  std::function<std::vector<std::pair<std::string, std::string>>(const plan::Report&)> environment =
      {};
  /// Carries the plan out, if it is not empty; plan::carry_out if unset.
  std::function<void(const plan::ExecutionOptions&)> execute = {};
  /// What is checked when all changes are done, if anything.
  std::function<void()> afterwards = {};
};

/// With --dry-run as carry_out(). Otherwise carries out, and with --output json prints one document
/// at the end, however that comes: after a failure, an interruption, and when the process is left
/// at once. Throws what carrying out and what comes afterwards throw.
void carry_out_and_report(Context& context, const ReportedRun& run);

}  // namespace asiaq::cli
