#include "cli/carry_out.h"

#include "base/log.h"
#include "plan/executor.h"

namespace asiaq::cli {

void carry_out(Context& context, const plan::Plan& plan) {
  if (context.dry_run()) {
    std::string text =
        context.output_format() == OutputFormat::json ? plan::as_json(plan) : plan::as_text(plan);
    if (text.empty() || text.back() != '\n') text += '\n';
    context.output().write(text);
    if (!plan.empty()) context.note_planned_changes();
  } else if (plan.empty()) {
    log::info("Nothing to change");
  } else {
    plan::carry_out(plan);
  }
}

}  // namespace asiaq::cli
