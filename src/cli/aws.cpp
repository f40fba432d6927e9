// asiaq aws, disco_aws.py: hosts and pipelines of an environment.
#include <fmt/format.h>

#include <algorithm>

#include "aws/session.h"
#include "base/log.h"
#include "cli/carry_out.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "config/pipeline.h"
#include "hostclass/clients.h"
#include "hostclass/host_calls.h"
#include "hostclass/host_listing.h"
#include "hostclass/host_login.h"
#include "hostclass/host_removal.h"
#include "hostclass/pipeline_run.h"
#include "hostclass/readiness.h"
#include "hostclass/selectors.h"
#include "hostclass/spin_down.h"
#include "image/selection.h"
#include "network/vpc.h"

namespace asiaq::cli {

namespace {

using hostclass::Clients;
using hostclass::Host;
using hostclass::HostLogin;
using hostclass::PipelineOptions;

network::Vpc environment_of(Context& context) {
  return network::find_environment(aws::ec2::Client(context.session()), context.environment_name());
}

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
  const network::Vpc vpc = environment_of(context);
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
  const network::Vpc vpc = environment_of(context);
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

// -- Hosts ----------------------------------------------------------------------------------------

struct ListHosts {
  std::string hostclass;
  bool most = false;
  bool all = false;
};

/// The listing's switches, bound one by one.
struct ListHostsOptions : ListHosts, hostclass::ListingColumns {};

hostclass::ImageTimes image_times(const Clients& clients, const std::vector<Host>& hosts) {
  std::vector<std::string> ids;
  for (const Host& host : hosts) {
    if (std::find(ids.begin(), ids.end(), host.image) == ids.end()) ids.push_back(host.image);
  }
  hostclass::ImageTimes times;
  if (ids.empty()) return times;
  for (const image::Image& image : image::observe_images_by_id(clients.ec2, ids)) {
    if (const auto time = image::creation_time(image)) times[image.id] = *time;
  }
  return times;
}

Fact or_nothing(const std::optional<std::string>& text) {
  if (!text) return {};
  return *text;
}

std::vector<std::pair<std::string, Fact>> facts_of(const Host& host,
                                                   const hostclass::ImageTimes& times) {
  const auto made = times.find(host.image);
  return {{"id", host.id},
          {"hostclass", or_nothing(host.tag("hostclass"))},
          {"public_ip", or_nothing(host.public_ip)},
          {"private_ip", or_nothing(host.preferred_private_ip())},
          {"state", host.state},
          {"hostname", or_nothing(host.tag("hostname"))},
          {"owner", or_nothing(host.tag("owner"))},
          {"instance_type", host.instance_type},
          {"ami", host.image},
          {"smoke_tested", host.is_smoke_tested()},
          {"ami_created", made == times.end() ? Fact() : Fact(rfc3339(made->second))},
          {"launched", host.launched ? Fact(rfc3339(*host.launched)) : Fact()},
          {"availability_zone", host.zone},
          {"productline", or_nothing(host.tag("productline"))},
          {"security_group", or_nothing(host.security_group)}};
}

void list_hosts(Context& context, const ListHostsOptions& wanted) {
  hostclass::ListingColumns columns = wanted;
  if (wanted.most) columns.add_most();
  if (wanted.all) columns.add_all();
  const network::Vpc vpc = environment_of(context);
  const Clients clients(context.session());
  std::vector<Host> hosts = hostclass::listed(hostclass::observe_hosts(clients.ec2, vpc.id));
  if (!wanted.hostclass.empty()) {
    std::erase_if(hosts,
                  [&](const Host& host) { return host.tag("hostclass") != wanted.hostclass; });
  }
  const hostclass::ImageTimes times =
      columns.ami_age ? image_times(clients, hosts) : hostclass::ImageTimes();
  if (context.output_format() == OutputFormat::json) {
    std::vector<std::vector<std::pair<std::string, Fact>>> rows;
    for (const Host& host : hosts) rows.push_back(facts_of(host, times));
    context.output().write(json_rows(rows));
    return;
  }
  std::string text;
  for (const Host& host : hosts) {
    text += hostclass::listing_line(host, columns, times, system_clock().now()) + "\n";
  }
  context.output().write(text);
}

struct Selection : hostclass::HostSelection {};

std::vector<Host> selected(Context& context, const network::Vpc& vpc,
                           const hostclass::HostSelection& selection) {
  return hostclass::select_hosts(aws::ec2::Client(context.session()), vpc.id, selection);
}

void terminate(Context& context, const Selection& wanted) {
  const network::Vpc vpc = environment_of(context);
  const auto termination = hostclass::plan_termination(Clients(context.session()), vpc.id,
                                                       selected(context, vpc, wanted));
  carry_out(context, termination.plan);
  if (!context.dry_run()) context.print(hostclass::result_line("Terminated", termination.hosts));
}

void stop(Context& context, const Selection& wanted) {
  const network::Vpc vpc = environment_of(context);
  const auto stopping =
      hostclass::plan_stop(Clients(context.session()), selected(context, vpc, wanted));
  carry_out(context, stopping.plan);
  if (!context.dry_run()) context.print(hostclass::result_line("Stopped", stopping.hosts));
}

struct Tag {
  std::vector<std::string> instances;
  std::string key;
  std::string value;
};

void tag(Context& context, const Tag& wanted) {
  const network::Vpc vpc = environment_of(context);
  const Clients clients(context.session());
  const auto hosts = hostclass::observe_hosts_by_id(clients.ec2, vpc.id, wanted.instances);
  for (const std::string& id : wanted.instances) {
    if (std::none_of(hosts.begin(), hosts.end(), [&](const Host& host) { return host.id == id; })) {
      throw Error("NoSuchHost", fmt::format("instance {} is not in {}", id, vpc.name));
    }
  }
  carry_out(context, hostclass::plan_tag(clients, hosts, wanted.key, wanted.value));
}

struct Exec : hostclass::HostSelection {
  std::string command;
  std::string user;
};

int exec(Context& context, const Exec& wanted) {
  const network::Vpc vpc = environment_of(context);
  const auto hosts = hostclass::that_are_up(selected(context, vpc, wanted));
  if (hosts.empty()) log::warning("No host of {} is running that fits", vpc.name);
  HostLogin login(context.session(), context.config(), vpc);
  return hostclass::run_on_hosts(
      login, hosts, wanted.user, wanted.command,
      [&context](std::string_view piece) { context.output().write(piece); });
}

struct IsReady : hostclass::HostSelection {};

int is_ready(Context& context, const IsReady& wanted) {
  using hostclass::Readiness;
  const network::Vpc vpc = environment_of(context);
  const auto hosts = hostclass::that_are_up(selected(context, vpc, wanted));
  if (hosts.empty()) {
    context.print("No instances found");
    log::warning("No host of {} is running that fits", vpc.name);
    return 0;
  }
  HostLogin login(context.session(), context.config(), vpc);
  bool all = true;
  for (const Host& host : hosts) {
    const std::string name = host.tag("hostname").value_or("None") + " " + host.id;
    context.print(fmt::format("Checking {}...", name));
    const auto user =
        context.config()
            .hostclass_option(host.tag("hostclass").value_or(""), "smoketest_ssh_user", vpc.name)
            .optional();
    const Readiness result = hostclass::readiness_of(
        host, user && !user->empty() ? user : std::nullopt,
        [&](const Host& asked, const std::string& as) { return login.says_ready(asked, as); });
    if (result == Readiness::passed) {
      context.print(fmt::format("...{} is ready", name));
    } else if (result == Readiness::failed) {
      context.print(fmt::format("..{} failed smoke test", name));
    } else {
      context.print(fmt::format("...{} is NOT ready", name));
    }
    all = all && result == Readiness::passed;
  }
  return all ? 0 : 1;
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

/// The options that choose hosts, of which a command takes exactly one kind.
template <class T>
OptionItem<T> one_kind_of_host() {
  using hostclass::HostSelection;
  return exactly_one(
      option("--instance", &HostSelection::instances,
             {.value = "ID", .help = "hosts by instance id; may be repeated"}),
      option("--hostname", &HostSelection::hostnames,
             {.value = "HOSTNAME", .help = "hosts by their tag hostname; may be repeated"}),
      option("--hostclass", &HostSelection::hostclasses,
             {.value = "HOSTCLASS", .help = "all hosts of a hostclass; may be repeated"}),
      option("--ami", &HostSelection::images,
             {.value = "AMI", .help = "all hosts of an image; may be repeated"}),
      option("--asg", &HostSelection::groups,
             {.value = "GROUP",
              .help = "all members of an auto scaling group; may be repeated",
              .origin = Origin::added}));
}

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

std::vector<OptionItem<ListHostsOptions>> list_hosts_options() {
  using Columns = hostclass::ListingColumns;
  return {
      option("--hostclass", &ListHosts::hostclass,
             {.value = "HOSTCLASS", .help = "only hosts of this hostclass"}),
      option("--state", &Columns::state, {.help = "show the instance state"}),
      option("--hostname", &Columns::hostname, {.help = "show whether the host has a hostname"}),
      option("--owner", &Columns::owner, {.help = "show who started it"}),
      option("--instance-type", &Columns::instance_type, {.help = "show the instance type"}),
      option("--ami", &Columns::ami, {.help = "show the image"}),
      option("--smoke", &Columns::smoke, {.help = "show whether it passed its smoke test"}),
      option("--ami-age", &Columns::ami_age, {.help = "show the image's age in hours"}),
      option("--uptime", &Columns::uptime, {.help = "show hours since launch"}),
      option("--private-ip", &Columns::private_ip, {.help = "show the private address"}),
      option("--availability-zone", &Columns::availability_zone, {.help = "show the zone"}),
      option("--productline", &Columns::productline, {.help = "show the product line"}),
      option("--securitygroup", &Columns::securitygroup,
             {.help = "show the first security group", .origin = Origin::added}),
      option("--most", &ListHosts::most, {.help = "show state to uptime"}),
      option("--all", &ListHosts::all, {.help = "show every column"}),
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

Command exec_record() {
  return Record<Exec>{
      .word = "exec",
      .summary = "Run a command on hosts by ssh, one after another",
      .details = "Prints what the hosts print. Ends with the last status that was not 0.",
      .options = {option("--command", &Exec::command,
                         {.value = "COMMAND",
                          .help = "one text for the shell of the remote user",
                          .need = Need::mandatory}),
                  option(
                      "--user", &Exec::user,
                      {.value = "USER", .help = "account to log in to", .need = Need::mandatory}),
                  one_kind_of_host<Exec>()},
      .effect = Effect::reads,
      .run = exec};
}

Command is_ready_record() {
  using hostclass::HostSelection;
  return Record<IsReady>{
      .word = "isready",
      .summary = "Check once whether hosts passed their smoke test",
      .details = "Ends with 0 if all hosts that were found are ready, else with 1.",
      .options = {option("--hostname", &HostSelection::hostnames, {.value = "HOSTNAME"}),
                  option("--hostclass", &HostSelection::hostclasses, {.value = "HOSTCLASS"}),
                  option("--instance", &HostSelection::instances, {.value = "ID"}),
                  option("--ami", &HostSelection::images, {.value = "AMI"}),
                  option("--asg", &HostSelection::groups,
                         {.value = "GROUP", .origin = Origin::added})},
      .effect = Effect::reads,
      .run = is_ready};
}

Command tag_record() {
  return Record<Tag>{
      .word = "tag",
      .summary = "Set a tag of hosts, or remove it if no value is given",
      .options = {option("--instance", &Tag::instances,
                         {.value = "ID", .help = "may be repeated", .need = Need::mandatory}),
                  option("--key", &Tag::key, {.value = "KEY", .need = Need::mandatory}),
                  option("--value", &Tag::value, {.value = "VALUE"})},
      .effect = Effect::changes,
      .run = tag};
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
  return {
      .dialect = Dialect::sub_command,
      .environment = EnvironmentOption::before_command,
      .has_truncate = true,
      .commands =
          {
              provision_record(),
              Record<ListHostsOptions>{.word = "listhosts",
                                       .summary = "List the hosts of an environment, one a line",
                                       .options = list_hosts_options(),
                                       .effect = Effect::reads | Effect::lists,
                                       .run = list_hosts},
              Record<Selection>{.word = "terminate",
                                .summary = "Terminate hosts; members of groups are replaced",
                                .options = {one_kind_of_host<Selection>()},
                                .effect = Effect::changes,
                                .run = terminate},
              Record<Selection>{.word = "stop",
                                .summary = "Stop hosts; members of groups are replaced",
                                .options = {one_kind_of_host<Selection>()},
                                .effect = Effect::changes,
                                .run = stop},
              exec_record(),
              is_ready_record(),
              tag_record(),
              spin_up_record(),
              spin_down_record("spindown",
                               "Delete the groups of a pipeline file with all their hosts",
                               spin_down),
              spin_down_record("spindownandup",
                               "Delete the groups of a pipeline file, then provision them anew",
                               spin_down_and_up),
              get_hostclass_option_record(),
          },
  };
}

}  // namespace asiaq::cli
