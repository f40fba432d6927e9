// Handing a plan over: shown or done.
#pragma once

#include "plan/plan.h"

namespace asiaq::cli {

class Context;

/// With --dry-run prints the plan, as text or JSON, and makes no change; otherwise carries it out.
/// Throws plan::PlanError.
void carry_out(Context& context, const plan::Plan& plan);

}  // namespace asiaq::cli
