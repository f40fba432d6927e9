#include "access/bucket_region.h"
#include "access/key_rotation.h"
#include "cli/carry_out.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "config/credential_buckets.h"

namespace asiaq::cli {
namespace {

struct Rotate {
  std::string region;
  std::string environment;
  std::string type = "rsa";
  bool list_only = false;
};

void rotate(Context& context, const Rotate& options) {
  const access::KeyType type = access::parse_key_type(options.type);
  access::RegionalSessions sessions(context.session());
  aws::Session& session = sessions.in(options.region);
  const auto store = access::CredentialsStore::open(
      session, config::credential_bucket_candidates(
                   {.region = options.region, .project = context.config().project_name()},
                   options.environment));
  if (!options.list_only) {
    const aws::ec2::Client ec2(session);
    const plan::Plan plan = access::plan_key_rotation(
        {.environment = options.environment, .type = type}, {.bucket = store, .ec2 = ec2},
        [&](const std::string& line) { context.print(line); });
    carry_out(context, plan);
    if (context.dry_run()) return;
    if (!plan.empty()) {
      context.print("Hosts that run keep the keys they have until they are replaced.");
    }
  }
  const auto keys = access::keys_to_set(options.environment, store);
  for (const std::string& line : access::advice_on_keys(keys, store.bucket())) context.print(line);
}

}  // namespace

Tool keys_tool() {
  return {.dialect = Dialect::usage_grammar,
          .commands = {Record<Rotate>{
              .word = "rotate",
              .summary = "Make new ssh keys, and say which other keys a person must set",
              .options = {positional("REGION", &Rotate::region, {.help = "region of the bucket"}),
                          positional("ENV", &Rotate::environment,
                                     {.help = "environment whose keys are meant"}),
                          option("--list-only", &Rotate::list_only,
                                 {.help = "only say which keys a person must set",
                                  .origin = Origin::added}),
                          option("--type", &Rotate::type,
                                 {.help = "kind of key",
                                  .origin = Origin::added,
                                  .choices = {"rsa", "ed25519"}})},
              .effect = Effect::changes,
              .run = rotate}}};
}

}  // namespace asiaq::cli
