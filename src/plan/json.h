// What became of a plan, for programs. The plan itself as JSON: plan/plan.h.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "plan/executor.h"
#include "plan/plan.h"

namespace asiaq::plan {

/// One run of a command that carried out a plan.
struct Run {
  WallTime started;
  Seconds lasted{0};
  std::string error = {};  ///< What the command ends with, one line; empty if it succeeded.
  /// Facts of the environment that it was about, in order; an empty value is not known. None:
  /// it was about several.
  std::vector<std::pair<std::string, std::string>> environment = {};
};

/// A JSON object: outcome (done, failed or interrupted), error, environment, started, seconds,
/// counts by outcome, and changes: those of as_json(plan) with the ids that were made, each with
/// its outcome and the reason if that is failed or unknown. `report` is of this plan.
std::string as_json(const Plan& plan, const Report& report, const Run& run);

}  // namespace asiaq::plan
