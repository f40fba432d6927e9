// What happens to a command's plan.
#pragma once

#include "cli/context.h"
#include "plan/plan.h"

namespace asiaq::cli {

/// With --dry-run prints the plan (as text, or as JSON with --output json), notes in the context
/// whether it has changes, and changes nothing; otherwise carries it out. Throws what
/// plan::carry_out throws.
void carry_out(Context& context, const plan::Plan& plan);

}  // namespace asiaq::cli
