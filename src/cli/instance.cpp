// asiaq instance: what runs on hosts, mostly by the units disco-*.
#include <type_traits>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/carry_out.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "instance/boot_services.h"
#include "instance/elastic_address.h"
#include "instance/floating_interface.h"
#include "instance/health.h"
#include "instance/identity.h"
#include "instance/operator_accounts.h"
#include "instance/testing_mode.h"

namespace asiaq::cli {

namespace {

using instance::ThisHost;

struct KeyOption {
  std::optional<std::string> key;
};
struct RemoveOption {
  bool remove = false;
};
struct ReleaseOption {
  bool release = false;
};
struct BootedState {
  std::string action;
};
struct HostclassOption {
  std::string hostclass;
};
struct ReasonOption {
  std::string reason;
};
struct Mode {
  std::string mode;
};

/// Changes this host by `action`, whose result, if any, is the exit status; with --dry-run says
/// what that would be.
template <class Action>
int change_host(Context& context, const Action& action) {
  const auto status_of = [&action](ThisHost& host) {
    if constexpr (std::is_void_v<std::invoke_result_t<Action, ThisHost&>>) {
      action(host);
      return 0;
    } else {
      return action(host);
    }
  };
  if (!context.dry_run()) {
    const auto hands = instance::working_hands();
    ThisHost host(*hands);
    return status_of(host);
  }
  instance::RehearsingHands hands;
  ThisHost host(hands);
  const int status = status_of(host);
  carry_out(context, hands.plan());
  return status;
}

/// A command without options that changes one thing of this host.
template <class Action>
Command on_host(const char* word, const char* summary, Action action) {
  return Record<NoOptions>{
      .word = word,
      .summary = summary,
      .effect = Effect::changes_host,
      .run = [action](Context& context, const NoOptions&) { return change_host(context, action); }};
}

/// Looks at this host and changes nothing.
template <class Action>
auto look_at_host(const Action& action) {
  instance::RehearsingHands hands;
  ThisHost host(hands);
  return action(host);
}

void show_user_data(Context& context, const KeyOption& options) {
  look_at_host([&](ThisHost& host) {
    if (options.key) {
      context.print(host.user_data().get(*options.key));
    } else {
      context.output().write(host.user_data().shell_text());
    }
  });
}

int run_smoke_test(ThisHost& host) {
  const auto result = instance::test_host(host);
  log::info("{}", verdict(host.hostclass(), result));
  return result.failed_line;
}

int booted(Context& context, const BootedState& options) {
  if (options.action == "status") return static_cast<int>(instance::boot_state({}));
  return change_host(context, [&options](ThisHost& host) {
    if (options.action == "start") {
      instance::report_boot(host);
    } else {
      instance::report_shutdown(host);
    }
  });
}

void list_hosts(Context& context, const HostclassOption& options) {
  look_at_host([&](ThisHost& host) {
    for (const auto& address : instance::tested_hosts(host, options.hostclass))
      context.print(address);
  });
}

void associate_interface(ThisHost& host) {
  try {
    instance::attach_floating_interface(host);
  } catch (const Error& error) {
    instance::give_up(host, error.what());
    throw;
  }
}

std::vector<Command> boot_commands() {
  return {
      on_host("fetch-user-data", "Ask for this host's user data and keep a copy",
              instance::fetch_user_data),
      Record<KeyOption>{.word = "user-data",
                        .summary = "Print this host's user data as lines that a shell can source",
                        .options = {option("--key", &KeyOption::key, {.help = "only this value"})},
                        .effect = Effect::local,
                        .run = show_user_data},
      on_host("hostname", "Give this host its name", instance::name_host),
      Record<RemoveOption>{
          .word = "etc-hosts",
          .summary = "Write the environment's addresses into /etc/hosts",
          .options = {option("--remove", &RemoveOption::remove, {.help = "take them out again"})},
          .effect = Effect::changes_host,
          .run =
              [](Context& context, const RemoveOption& options) {
                return change_host(context, [&](ThisHost& host) {
                  instance::update_hosts_file(host, options.remove ? instance::Presence::absent
                                                                   : instance::Presence::present);
                });
              }},
      on_host("tag", "Tag this instance with what it is", instance::tag_host),
      on_host("update-creds", "Put credentials into the files that ask for them",
              [](ThisHost& host) { static_cast<void>(instance::update_credentials(host)); }),
      on_host("add-operators", "Make the accounts of operators what the credential buckets say",
              [](ThisHost& host) { return instance::add_operators(host) == 0 ? 0 : 1; }),
  };
}

std::vector<Command> address_commands() {
  return {
      Record<ReleaseOption>{
          .word = "associate-eip",
          .summary = "Take the public address of the hostclass if nobody runs who holds it",
          .options = {option("--release", &ReleaseOption::release, {.help = "give it back"})},
          .effect = Effect::changes_host,
          .run =
              [](Context& context, const ReleaseOption& options) {
                return change_host(context, [&](ThisHost& host) {
                  if (options.release) {
                    instance::release_elastic_address(host);
                  } else {
                    instance::take_elastic_address(host);
                  }
                });
              }},
      on_host("associate-eni", "Attach a floating interface of the hostclass", associate_interface),
      Record<RemoveOption>{
          .word = "ip-route",
          .summary = "Set the routes of the floating interface",
          .options = {option("--remove", &RemoveOption::remove, {.help = "take them away again"})},
          .effect = Effect::changes_host,
          .run =
              [](Context& context, const RemoveOption& options) {
                return change_host(context, [&](ThisHost& host) {
                  instance::route_floating_address(
                      host, options.remove ? instance::Routes::removed : instance::Routes::set);
                });
              }},
      Record<Mode>{.word = "testing-mode",
                   .summary = "Take this host out of testing, or into it",
                   .options = {positional("MODE", &Mode::mode, {.choices = {"on", "off"}})},
                   .effect = Effect::changes_host,
                   .run =
                       [](Context& context, const Mode& options) {
                         return change_host(context, [&](ThisHost& host) {
                           const bool on = options.mode == "on";
                           instance::set_testing_mode(
                               host.hands(), host.paths(),
                               on ? instance::TestingMode::on : instance::TestingMode::off);
                           if (on) instance::release_floating_interface(host);
                         });
                       }},
  };
}

std::vector<Command> health_commands() {
  return {
      Record<NoOptions>{
          .word = "smoketest",
          .summary = "Run this host's smoke test once: 0, or the number of the first command that "
                     "fails",
          .effect = Effect::local,
          .run = [](Context&, const NoOptions&) { return look_at_host(run_smoke_test); }},
      Record<BootedState>{
          .word = "booted",
          .summary = "Report that this host has booted (start), goes down (stop), or how far it is "
                     "(status: 0 tested, 1 booted, 2 not booted)",
          .options = {positional("ACTION", &BootedState::action,
                                 {.choices = {"start", "stop", "status"}})},
          .effect = Effect::changes_host,
          .run = booted},
      on_host("smoke-alarm", "Mark this host as unhealthy when it no longer works",
              instance::smoke_alarm),
      Record<ReasonOption>{.word = "mark-unhealthy",
                           .summary = "Tell auto scaling to replace this host",
                           .options = {option("--reason", &ReasonOption::reason,
                                              {.help = "for the log", .need = Need::mandatory})},
                           .effect = Effect::changes_host,
                           .run =
                               [](Context& context, const ReasonOption& options) {
                                 return change_host(context, [&](ThisHost& host) {
                                   instance::mark_unhealthy(host, options.reason);
                                 });
                               }},
      Record<HostclassOption>{
          .word = "hosts",
          .summary = "List the private addresses of a hostclass's tested hosts, one a line",
          .options = {option("--hostclass", &HostclassOption::hostclass,
                             {.help = "in this host's environment", .need = Need::mandatory})},
          .effect = Effect::local,
          .run = list_hosts},
  };
}

}  // namespace

Tool instance_tool() {
  Tool tool{.dialect = Dialect::sub_command};
  for (auto& commands : {boot_commands(), address_commands(), health_commands()}) {
    tool.commands.insert(tool.commands.end(), commands.begin(), commands.end());
  }
  return tool;
}

}  // namespace asiaq::cli
