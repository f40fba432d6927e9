#include "cli/carry_out.h"

#include "cli/context.h"
#include "plan/executor.h"

namespace asiaq::cli {

void carry_out(Context& context, const plan::Plan& plan) {
  if (!context.dry_run()) {
    plan::carry_out(plan);
    return;
  }
  context.output().write(context.output_format() == OutputFormat::json ? plan::as_json(plan)
                                                                       : plan::as_text(plan));
}

}  // namespace asiaq::cli
