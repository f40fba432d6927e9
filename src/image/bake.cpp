#include "image/bake.h"

#include <fmt/format.h>

#include <utility>

#include "aws/ec2/client.h"
#include "aws/s3/client.h"
#include "aws/session.h"
#include "base/error.h"
#include "base/interrupt.h"
#include "base/log.h"
#include "base/process.h"
#include "base/wait.h"
#include "image/builder.h"
#include "image/builder_host.h"
#include "image/host_key.h"
#include "remote/keys.h"
#include "remote/mirror.h"
#include "remote/private_folder.h"

namespace asiaq::image {

namespace {

/// Asking a host costs no AWS call, and a host answers seconds after its launch or minutes.
constexpr WaitLimits ssh_limits{Seconds(1), Seconds(900)};

std::string script_command(const Preparation& preparation) {
  return shell_quoted(std::vector<std::string>{preparation.settings.script(),
                                               preparation.settings.hostclass,
                                               preparation.repo_address, preparation.bake_id});
}

}  // namespace

struct Bake::State {
  State(aws::Session& session, Preparation the_preparation, OutputSink the_output, Clock& the_clock)
      : preparation(std::move(the_preparation)),
        output(std::move(the_output)),
        clock(the_clock),
        begin(unix_seconds(the_clock.now())),
        ec2(session),
        s3(session),
        builder(ec2, preparation) {}

  void launch();
  void find_way_in();
  Login wait_for_login(const std::vector<std::string>& users);
  void copy();
  void run_script();
  void stop();
  void make_image();
  void keep_builder();

  Preparation preparation;
  OutputSink output;
  Clock& clock;
  long long begin;  ///< The image is named after it.
  aws::ec2::Client ec2;
  aws::s3::Client s3;
  remote::PrivateFolder folder;
  HostKey host_key;
  std::optional<remote::Ssh> ssh;
  remote::Route route;
  Login login;
  Builder builder;
  BakeResult result;
};

void Bake::State::launch() {
  host_key = make_host_key();
  builder.launch(user_data_installing(host_key));
  builder.wait_until_running();
  route.address = builder.address();
}

void Bake::State::find_way_in() {
  remote::SshSettings settings;
  settings.agent = remote::SshSettings::Agent::forwarded;
  settings.known_hosts = folder.write("known_hosts", known_hosts_line(route.address, host_key));
  if (const auto key = remote::fetch_key(s3, preparation.credential_buckets,
                                         preparation.settings.key_name, folder)) {
    settings.identities = {*key};
    settings.offer = remote::SshSettings::Offer::only;
  } else {
    log::info("no bucket has the key {}: logging in with your own keys",
              preparation.settings.key_name);
  }
  ssh.emplace(std::move(settings));
  login = wait_for_login(login_candidates(preparation.settings.bake_user));
  log::info("logged in to {} as {}", route.address, login.user);
  open_root_access(*ssh, route, login);
  // The ssh service answers nobody for a moment while it takes the new settings.
  wait_for_login({root_account});
}

Login Bake::State::wait_for_login(const std::vector<std::string>& users) {
  Login found;
  wait_until(
      fmt::format("ssh to builder {} at {}", builder.id(), route.address), ssh_limits,
      [&]() -> std::optional<std::string> {
        LoginSearch search = search_login(*ssh, route, users);
        if (!search.login) return search.reason.empty() ? "no answer" : search.reason;
        found = std::move(*search.login);
        return std::nullopt;
      },
      clock);
  return found;
}

void Bake::State::copy() {
  const BakeSettings& settings = preparation.settings;
  log::info("copying {} to {}", settings.data_source.string(), settings.data_destination);
  remote::mirror(*ssh, route, settings.data_source, settings.data_destination);
  remote::mirror(*ssh, route, settings.payload, settings.data_destination + "/asiaq");
}

void Bake::State::run_script() {
  const std::string command = script_command(preparation);
  log::info("running {}", command);
  const remote::RemoteResult script =
      ssh->run(route, root_account, {.text = command, .on_output = output});
  if (script.status != 0) {
    throw remote::CommandError(preparation.settings.script(), "builder " + builder.id(), script)
        .add_context(fmt::format("baking {}", preparation.settings.name));
  }
}

void Bake::State::stop() {
  log::info("cleaning up and shutting down {}", builder.id());
  clean_up_and_shut_down(*ssh, route,
                         {.login_user = login.user,
                          .data_destination = preparation.settings.data_destination,
                          .root_login = preparation.settings.root_login});
  builder.wait_until_stopped();
  if (preparation.settings.enhanced_networking) builder.set_enhanced_networking();
}

void Bake::State::make_image() {
  log::info("making the image");
  result.image = capture(ec2, preparation, builder.id(), begin);
}

void Bake::State::keep_builder() {
  if (builder.id().empty()) return;
  const std::string address = route.address.empty() ? "<its address>" : route.address;
  log::info(
      "builder {} goes on: look at it with `ssh -o UserKnownHostsFile=/dev/null root@{}`, "
      "then end it with `disco_aws.py --env {} terminate --instance {}`",
      builder.id(), address, preparation.settings.environment, builder.id());
  result.kept_host = address;
  builder.release();
}

Bake::Bake(aws::Session& session, Preparation preparation, OutputSink output, Clock& clock)
    : state_(std::make_unique<State>(session, std::move(preparation), std::move(output), clock)) {}

Bake::~Bake() = default;

plan::Plan Bake::plan() {
  const Preparation& preparation = state_->preparation;
  const BakeSettings& settings = preparation.settings;
  State& state = *state_;
  plan::Plan plan;
  std::vector<plan::ChangeId> before;
  const auto add = [&](plan::Verb verb, const char* kind, const std::string& name,
                       std::vector<std::string> details, const std::function<void()>& carry_out) {
    before = {plan.add({.verb = verb,
                        .resource = {kind, name, ""},
                        .details = std::move(details),
                        .carry_out = carry_out,
                        .after = before})};
  };
  const std::string host = preparation.builder_hostclass();
  add(plan::Verb::create, "builder", host,
      {fmt::format("from AMI {} ({})", preparation.source.id, preparation.source.name),
       fmt::format("type {}, key pair {}", settings.instance_type, settings.key_name),
       fmt::format("in subnet {} of environment {}", preparation.subnet_ids.front(),
                   settings.environment)},
      [&state] { state.launch(); });
  add(plan::Verb::update, "builder", host,
      {fmt::format("copy {} to {}", settings.data_source.string(), settings.data_destination),
       fmt::format("copy {} to {}/asiaq", settings.payload.string(), settings.data_destination),
       "run " + script_command(preparation)},
      [&state] {
        state.find_way_in();
        state.copy();
        state.run_script();
      });
  if (preparation.options.outcome == BakeOptions::Outcome::stop_after_scripts) return plan;
  std::vector<std::string> tags;
  for (const auto& [key, value] : image_tags(preparation)) tags.push_back(key + "=" + value);
  add(plan::Verb::create, "AMI", fmt::format("{} {}", settings.name, state.begin), std::move(tags),
      [&state] {
        state.stop();
        state.make_image();
      });
  add(plan::Verb::remove, "builder", host, {}, [&state] { state.builder.terminate(); });
  return plan;
}

BakeResult Bake::run() {
  try {
    const plan::Plan steps = plan();
    for (const plan::Change& step : steps.changes()) {
      interrupt::check();
      step.carry_out();
    }
  } catch (...) {
    if (state_->preparation.options.on_failure == BakeOptions::OnFailure::keep) {
      state_->keep_builder();
    }
    throw;
  }
  if (state_->preparation.options.outcome == BakeOptions::Outcome::stop_after_scripts) {
    state_->keep_builder();
  }
  return state_->result;
}

}  // namespace asiaq::image
