// disco_ssh.sh: a session on a host, or tunnels to its ports, through the jump host.
#include <fmt/format.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "aws/ec2/client.h"
#include "aws/error.h"
#include "aws/session.h"
#include "base/current_user.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "config/environment_choice.h"
#include "network/vpc.h"
#include "remote/host_choice.h"
#include "remote/key_agent.h"
#include "remote/ssh.h"

namespace asiaq::cli {

namespace {

/// What the original looked for, whatever the configuration said.
constexpr const char* jump_hostclass_without_configuration = "mhcadminproxy";
constexpr int highest_port = 65535;

struct ScriptCommand {
  std::string environment;
  std::string pattern;
  std::vector<int> ports;
};

struct Way {
  std::string address;
  std::optional<std::string> jump_address;
};

std::vector<std::string> jump_hostclasses(const Context& context, const std::string& environment) {
  auto configured = context.config().plain_option("jump_box_hostclasses", environment).list();
  if (configured.empty()) configured.emplace_back(jump_hostclass_without_configuration);
  return configured;
}

std::vector<remote::Host> hosts_of(Context& context, const std::string& environment) {
  try {
    const aws::ec2::Client ec2(context.session());
    return remote::observe_hosts(ec2, network::find_environment(ec2, environment).id);
  } catch (aws::ConnectionError& error) {
    error.set_hint(error.hint() + (error.hint().empty() ? "" : "; ") +
                   "if the way there is a VPN, is it up?");
    throw;
  }
}

Way way_to(Context& context, const ScriptCommand& command) {
  const std::string environment =
      config::require_environment(command.environment, context.config());
  const auto hosts = hosts_of(context, environment);
  const auto host = remote::first_listed(hosts, command.pattern);
  if (!host) {
    throw with_hint(Error("Command", fmt::format("can't find host {} in environment {}",
                                                 command.pattern, environment)),
                    "disco_aws.py listhosts shows the hosts there are");
  }
  const auto jump = remote::jump_address(hosts, jump_hostclasses(context, environment));
  const auto inside = remote::preferred_private_address(*host);
  const auto address =
      jump || !host->addresses.public_address ? inside : host->addresses.public_address;
  if (!address) {
    throw Error("Command", fmt::format("host {} has no address", host->addresses.name));
  }
  return {*address, jump};
}

void check_ports(const std::vector<int>& ports) {
  for (const int port : ports) {
    if (port >= 1 && port <= highest_port) continue;
    throw UsageError(fmt::format("argument PORT: {} is not from 1 to {}", port, highest_port));
  }
}

int hold_tunnels(const remote::Ssh& ssh, const Way& way, const std::vector<int>& ports) {
  std::vector<std::string> names;
  for (const int port : ports) names.push_back(std::to_string(port));
  log::info("localhost leads to {} through {} on port {}; Ctrl-C ends it", way.address,
            *way.jump_address, join(names, ", "));
  return ssh.tunnels(*way.jump_address, way.address, ports);
}

int ssh_script(Context& context, const ScriptCommand& command) {
  check_ports(command.ports);
  log::warning("disco_ssh.sh is deprecated: use disco_ssh.py --env {} {}", command.environment,
               command.pattern);
  const Way way = way_to(context, command);
  if (!command.ports.empty() && !way.jump_address) {
    throw Error("Command",
                fmt::format("no need to tunnel: {} is reached without a jump host", way.address));
  }
  const remote::KeyAgent agent(current_user());
  remote::SshSettings settings;
  settings.agent = remote::SshSettings::Agent::forwarded;
  settings.agent_socket = agent.socket();
  const remote::Ssh ssh(settings);
  if (!command.ports.empty()) return hold_tunnels(ssh, way, command.ports);
  if (way.jump_address) log::info("going to {} through {}", way.address, *way.jump_address);
  const char* user = std::getenv("SSH_USER");
  return ssh.session({.address = way.address, .jump_address = way.jump_address, .jump_user = ""},
                     user == nullptr ? "" : user);
}

}  // namespace

Tool ssh_script_tool() {
  return {.dialect = Dialect::usage_grammar,
          .commands = {Record<ScriptCommand>{
              .word = "",
              .summary = "Log in to a host, or open tunnels to its ports, through the jump host",
              .details = "Deprecated: disco_ssh.py logs in as well. SSH_USER names the account on "
                         "the host. Without a port a session is opened.",
              .options = {positional("ENV", &ScriptCommand::environment,
                                     {.help = "environment of the host"}),
                          positional("PATTERN", &ScriptCommand::pattern,
                                     {.help = "part of its hostclass, instance id or address; of "
                                              "several hosts the first that is listed is taken"}),
                          positional("PORT", &ScriptCommand::ports,
                                     {.help = "port of localhost that leads to the same port of "
                                              "the host"})},
              .effect = Effect::reads,
              .run = ssh_script}}};
}

}  // namespace asiaq::cli
