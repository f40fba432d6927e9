#include "cli/carry_out.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/interrupt.h"
#include "base/log.h"
#include "plan/json.h"

namespace asiaq::cli {

namespace {

/// Prints the document of one run.
class Document {
 public:
  Document(Context& context, const ReportedRun& run) : context_(context), run_(run) {
    report_.outcomes.assign(run.plan.changes().size(), plan::Outcome::not_started);
    for (const plan::Change& change : run.plan.changes()) {
      report_.ids.push_back(change.resource.id);
    }
  }

  void take(const plan::Report& report) { report_ = report; }

  void leave(const plan::Report& report) {
    take(report);
    try {
      print({});
    } catch (const Error& error) {
      log::error("{}", error.what());
    }
  }

  void print(const std::string& error) const {
    context_.output().write(plan::as_json(
        run_.plan, report_,
        {.started = started_,
         .lasted = system_clock().steady_now() - begin_,
         .error = error,
         .environment = run_.environment ? run_.environment(report_) : plan::Run{}.environment}));
  }

 private:
  Context& context_;
  const ReportedRun& run_;
  const WallTime started_ = system_clock().now();
  const SteadyTime begin_ = system_clock().steady_now();
  plan::Report report_;
};

void carry_out(const ReportedRun& run, const plan::ExecutionOptions& options) {
  if (run.plan.empty()) {
    log::info("Nothing to change");
  } else if (run.execute) {
    run.execute(options);
  } else {
    plan::carry_out(run.plan, options);
  }
  if (run.afterwards) run.afterwards();
}

}  // namespace

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

void carry_out_and_report(Context& context, const ReportedRun& run) {
  if (context.dry_run()) return carry_out(context, run.plan);
  if (context.output_format() != OutputFormat::json) return carry_out(run, {});
  Document document(context, run);
  try {
    carry_out(run, {.on_report = [&](const plan::Report& report) { document.take(report); },
                    .on_leaving = [&](const plan::Report& report) { document.leave(report); }});
  } catch (const Error& error) {
    document.print(error.what());
    throw;
  } catch (const Interrupted&) {
    document.print({});
    throw;
  }
  document.print({});
}

}  // namespace asiaq::cli
