// asiaq aws, disco_aws.py: hosts (cli/aws_hosts.cpp) and pipelines of an environment.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "aws/session.h"
#include "cli/aws_hosts.h"
#include "cli/carry_out.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "config/pipeline.h"
#include "hostclass/clients.h"
#include "hostclass/host_login.h"
#include "hostclass/pipeline_run.h"
#include "hostclass/spin_down.h"

namespace asiaq::cli {

namespace {

using hostclass::Clients;
using hostclass::Host;
using hostclass::HostLogin;
using hostclass::PipelineOptions;

// -- Provisioning ---------------------------------------------------------------------------------

struct Provision : hostclass::ProvisionOptions {
  bool no_destroy = false;
  bool no_smoke_test = false;
  bool testing = false;
  bool no_chaos = false;
};

struct SpinUp {
  std::string pipeline;
  std::string stage;
  bool no_smoke_test = false;
  bool testing = false;
};

struct SpinDown {
  std::string pipeline;
};

PipelineOptions pipeline_options(const Context& context, bool no_smoke_test, bool testing) {
  return {.smoke_tests = no_smoke_test ? PipelineOptions::SmokeTests::none
                                       : PipelineOptions::SmokeTests::as_written,
          .purpose = testing ? hostclass::Purpose::testing : hostclass::Purpose::live,
          .timeout = context.settings().timeout};
}

void run_pipeline(Context& context, const std::vector<config::PipelineRow>& rows,
                  const PipelineOptions& options) {
  const network::Vpc vpc = configured_environment_of(context);
  HostLogin login(context.session(), context.config(), vpc);
  hostclass::PipelineRun run(
      {Clients(context.session()), vpc, context.session().region(), context.config()}, rows,
      options,
      [&login](const Host& host, const std::string& user) { return login.says_ready(host, user); });
  if (context.dry_run() || run.plan().empty()) {
    carry_out(context, run.plan());
  } else {
    run.carry_out();
  }
}

void provision(Context& context, const Provision& wanted) {
  hostclass::ProvisionOptions options = wanted;
  options.smoke_test = !wanted.no_smoke_test;
  options.chaos = !wanted.no_chaos;
  const config::PipelineRow row = hostclass::row_of(options);
  PipelineOptions how = pipeline_options(context, wanted.no_smoke_test, wanted.testing);
  if (!wanted.no_destroy) how.on_failure = PipelineOptions::OnFailure::undo;
  run_pipeline(context, {row}, how);
}

void spin_up(Context& context, const SpinUp& wanted) {
  const auto pipeline = config::read_pipeline(context.config(), wanted.pipeline);
  PipelineOptions how = pipeline_options(context, wanted.no_smoke_test, wanted.testing);
  if (!wanted.stage.empty()) how.stage = wanted.stage;
  run_pipeline(context, pipeline.rows, how);
}

std::vector<std::string> hostclasses_of(const config::Pipeline& pipeline) {
  std::vector<std::string> names;
  for (const auto& row : pipeline.rows) names.push_back(row.hostclass);
  return names;
}

void spin_down(Context& context, const SpinDown& wanted) {
  const auto pipeline = config::read_pipeline(context.config(), wanted.pipeline,
                                              config::PipelineUse::hostclasses_only);
  const network::Vpc vpc = environment_of(context);
  carry_out(context, hostclass::plan_spin_down(Clients(context.session()), vpc.name,
                                               hostclasses_of(pipeline)));
}

void spin_down_and_up(Context& context, const SpinDown& wanted) {
  // Both readings come first: nothing goes down for a file that cannot come up.
  const auto down = config::read_pipeline(context.config(), wanted.pipeline,
                                          config::PipelineUse::hostclasses_only);
  const auto up = config::read_pipeline(context.config(), wanted.pipeline);
  const network::Vpc vpc = configured_environment_of(context);
  const Clients clients(context.session());
  plan::Plan plan = hostclass::plan_spin_down(clients, vpc.name, hostclasses_of(down));
  std::vector<plan::ChangeId> ends = hostclass::ends_of(plan);
  HostLogin login(context.session(), context.config(), vpc);
  hostclass::PipelineRun run(
      {clients, vpc, context.session().region(), context.config()}, up.rows,
      pipeline_options(context, false, false),
      [&login](const Host& host, const std::string& user) { return login.says_ready(host, user); },
      std::move(plan), std::move(ends));
  if (context.dry_run() || run.plan().empty()) {
    carry_out(context, run.plan());
  } else {
    run.carry_out();
  }
}

// -- Configuration --------------------------------------------------------------------------------

struct GetHostclassOption {
  std::string hostclass;
  std::string option;
};

void get_hostclass_option(Context& context, const GetHostclassOption& wanted) {
  const config::OptionValue value = context.config().hostclass_option(
      wanted.hostclass, wanted.option, context.chosen_environment());
  context.print(value.is_set() ? value.required()
                               : fmt::format("Hostclass {} has no such option: {}",
                                             wanted.hostclass, wanted.option));
}

// -- Records --------------------------------------------------------------------------------------

std::vector<OptionItem<Provision>> provision_options() {
  return {
      option("--ami", &Provision::ami,
             {.value = "AMI", .help = "the image to use instead of the newest of the stage"}),
      option("--hostclass", &Provision::hostclass,
             {.value = "HOSTCLASS", .help = "what to provision, unless --ami says so"}),
      option("--no-destroy", &Provision::no_destroy,
             {.help = "leave everything as it is when provisioning fails"}),
      option("--instance-type", &Provision::instance_type,
             {.value = "TYPE", .help = "EC2 instance type of new hosts"}),
      option("--extra-space", &Provision::extra_space,
             {.value = "GB", .help = "GB by which the root disk is larger than the image's"}),
      option("--extra-disk", &Provision::extra_disk,
             {.value = "GB", .help = "GB of one more EBS volume"}),
      option("--iops", &Provision::iops,
             {.value = "N", .help = "provisioned IOPS of extra disk and snapshot volume"}),
      option("--no-smoke-test", &Provision::no_smoke_test,
             {.help = "do not wait until the hosts are ready"}),
      option("--min-size", &Provision::min_size,
             {.value = "SIZE", .help = "least number of hosts, or a schedule"}),
      option("--max-size", &Provision::max_size,
             {.value = "SIZE", .help = "largest number of hosts, or a schedule"}),
      option("--desired-size", &Provision::desired_size,
             {.value = "SIZE",
              .help = "number of hosts, or a schedule like '1@30 10 * * *:5@45 1 * * *' (UTC)"}),
      option("--testing", &Provision::testing,
             {.help = "mark the hosts as being tested: no static addresses, no traffic"}),
      option("--no-chaos", &Provision::no_chaos,
             {.help = "keep chaos from terminating these hosts"}),
  };
}

Command provision_record() {
  return Record<Provision>{
      .word = "provision",
      .summary = "Provision one hostclass: create or update its group and wait for its hosts",
      .details =
          "Without sizes a group that is there keeps its own and a new one is empty. Running "
          "hosts are not replaced. If the hosts do not become ready, what was done is undone, "
          "unless --no-destroy is given.",
      .options = provision_options(),
      .effect = Effect::changes,
      .run = provision};
}

Command spin_up_record() {
  return Record<SpinUp>{
      .word = "spinup",
      .summary = "Provision the hostclasses of a pipeline file, sequence after sequence",
      .options = {option("--pipeline", &SpinUp::pipeline,
                         {.value = "FILE", .help = "pipeline file", .need = Need::mandatory}),
                  option("--no-smoke-test", &SpinUp::no_smoke_test,
                         {.help = "do not wait for the hosts of a sequence before the next"}),
                  option("--stage", &SpinUp::stage,
                         {.value = "STAGE",
                          .help = "use images of this stage, not of the environment's ami_stage"}),
                  option("--testing", &SpinUp::testing,
                         {.help = "mark the hosts as being tested: no static addresses, no "
                                  "traffic"})},
      .effect = Effect::changes,
      .run = spin_up};
}

Command spin_down_record(std::string word, std::string summary,
                         void (*run)(Context&, const SpinDown&)) {
  return Record<SpinDown>{
      .word = std::move(word),
      .summary = std::move(summary),
      .options = {option("--pipeline", &SpinDown::pipeline,
                         {.value = "FILE", .help = "pipeline file", .need = Need::mandatory})},
      .effect = Effect::changes,
      .run = run};
}

Command get_hostclass_option_record() {
  return Record<GetHostclassOption>{
      .word = "gethostclassoption",
      .summary = "Show what an option of a hostclass is set to in an environment",
      .details =
          "Looks in the hostclass's section, then for a default in [disco_aws], each first "
          "for the environment. A missing option is no error.",
      .options = {option("--hostclass", &GetHostclassOption::hostclass, {.need = Need::mandatory}),
                  option("--option", &GetHostclassOption::option, {.need = Need::mandatory})},
      .effect = Effect::local,
      .run = get_hostclass_option};
}

}  // namespace

Tool aws_tool() {
  Tool tool{.dialect = Dialect::sub_command,
            .environment = EnvironmentOption::before_command,
            .has_truncate = true,
            .commands = {provision_record()}};
  std::ranges::move(host_commands(), std::back_inserter(tool.commands));
  for (Command& command : std::vector<Command>{
           spin_up_record(),
           spin_down_record("spindown", "Delete the groups of a pipeline file with all their hosts",
                            spin_down),
           spin_down_record("spindownandup",
                            "Delete the groups of a pipeline file, then provision them anew",
                            spin_down_and_up),
           get_hostclass_option_record()}) {
    tool.commands.push_back(std::move(command));
  }
  return tool;
}

}  // namespace asiaq::cli
