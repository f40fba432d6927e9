// asiaq ssh: a session on a host, directly or through the jump host.
#include "remote/ssh.h"

#include <string>

#include "aws/ec2/client.h"
#include "aws/s3/client.h"
#include "aws/session.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "config/credential_buckets.h"
#include "network/vpc.h"
#include "remote/host_choice.h"
#include "remote/keys.h"
#include "remote/private_folder.h"
#include "remote/route.h"

namespace asiaq::cli {

namespace {

constexpr int failure_of_ssh = 255;

struct SshCommand {
  std::string host;
  std::string user;
  bool first = false;
};

/// Keys of the environment's credential buckets: those of its service accounts.
void add_bucket_keys(Context& context, const network::Vpc& vpc, const remote::PrivateFolder& folder,
                     remote::SshSettings& settings) {
  const aws::s3::Client s3(context.session());
  const config::CredentialBucketScope scope{context.session().region(),
                                            context.config().project_name()};
  const auto words = context.config().vpc(vpc.name, vpc.type).option("credential_buckets").list();
  std::vector<std::string> buckets;
  for (const std::string& word : words) {
    for (std::string& name : config::credential_bucket_candidates(scope, word)) {
      buckets.push_back(std::move(name));
    }
  }
  settings.identities = remote::fetch_keys(s3, buckets, folder);
}

remote::Route route_to(Context& context, const SshCommand& command,
                       const remote::PrivateFolder& folder, remote::SshSettings& settings) {
  const aws::ec2::Client ec2(context.session());
  const network::Vpc vpc = network::find_environment(ec2, context.environment_name());
  const auto hosts = remote::observe_hosts(ec2, vpc.id);
  const auto host = remote::the_host(
      hosts, command.host, command.first ? remote::Several::first_taken : remote::Several::refused);
  const auto jump = remote::jump_address(
      hosts, context.config().plain_option("jump_box_hostclasses", vpc.name).list());
  remote::Route route = remote::require_route(host.addresses, jump);
  // A person's own account takes the person's own key.
  if (!command.user.empty()) add_bucket_keys(context, vpc, folder, settings);
  return route;
}

int ssh(Context& context, const SshCommand& command) {
  const remote::PrivateFolder folder;
  remote::SshSettings settings;
  settings.agent = remote::SshSettings::Agent::forwarded;
  settings.connect_timeout = Seconds(7);
  const remote::Route route = remote::is_ipv4_address(command.host)
                                  ? remote::Route{command.host, {}}
                                  : route_to(context, command, folder, settings);
  if (route.jump_address) {
    log::info("going to {} through {}", route.address, *route.jump_address);
  }
  const int status = remote::Ssh(settings).session(route, command.user);
  if (status == failure_of_ssh && command.user == "root") {
    log::error("hosts let root in only if their image was baked with root_login=yes");
  }
  return status;
}

}  // namespace

Tool ssh_tool() {
  return {.dialect = Dialect::usage_grammar,
          .environment = EnvironmentOption::before_command,
          .commands = {Record<SshCommand>{
              .word = "",
              .summary = "Log in to a host, through the jump host where that is needed",
              .options = {positional("HOST", &SshCommand::host,
                                     {.help = "part of its hostclass, hostname or instance id; or "
                                              "an IPv4 address"}),
                          option("--first", &SshCommand::first,
                                 {.help = "of several hosts of one hostclass take the first"}),
                          option("--user", &SshCommand::user,
                                 {.value = "USER",
                                  .help = "account to log in to; as ssh's settings say if absent",
                                  .origin = Origin::added,
                                  .aliases = {"-u"}})},
              .effect = Effect::reads,
              .run = ssh}}};
}

}  // namespace asiaq::cli
