#include <memory>

#include "access/bucket_update.h"
#include "base/log.h"
#include "cli/carry_out.h"
#include "cli/commands.h"
#include "cli/context.h"

namespace asiaq::cli {
namespace {

struct Update {
  std::string region;
  std::string account;
};

void print_names(Context& context, const std::string& heading,
                 const std::vector<std::string>& names) {
  context.print(heading);
  for (const std::string& name : names) context.print("  " + name);
}

void update(Context& context, const Update& options) {
  const access::WantedBuckets wanted = access::read_wanted_buckets(
      context.config(), {.region = options.region, .account = options.account});
  const auto sessions = std::make_shared<access::RegionalSessions>(context.session());
  const access::BucketUpdate update = access::plan_bucket_update(sessions, wanted);
  if (context.dry_run()) {
    for (const access::BucketStep& step : update.steps) {
      for (const std::string& notice : step.notices) log::warning("{}", notice);
    }
    carry_out(context, update.plan);
    return;
  }
  print_names(context, "Buckets before:", update.owned);
  for (const access::BucketStep& step : update.steps) {
    const bool creating = step.kind == access::BucketStep::Kind::creating;
    context.print((creating ? "Creating: " : "Updating: ") + step.bucket + " in " + step.region);
    for (const std::string& notice : step.notices) context.print(notice);
  }
  carry_out(context, update.plan);
  const aws::s3::Client s3(sessions->in(options.region));
  print_names(context, "Buckets now:", access::list_owned_buckets(s3).names);
  context.print("Canonical id: " + update.canonical_id);
}

}  // namespace

Tool buckets_tool() {
  return {
      .dialect = Dialect::usage_grammar,
      .commands = {Record<Update>{
          .word = "update",
          .summary = "Create the buckets of an account and bring their settings in line",
          .details = "The files iam/s3/ACCOUNT/*.lifecycle of the configuration folder say "
                     "which buckets there are.",
          .options = {positional("REGION", &Update::region, {.help = "where new buckets are made"}),
                      positional("ACCOUNT", &Update::account,
                                 {.help = "type of the account: audit, dev, prod"})},
          .effect = Effect::changes,
          .run = update}}};
}

}  // namespace asiaq::cli
