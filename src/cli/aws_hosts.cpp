// asiaq aws: the commands about hosts that run.
#include "cli/aws_hosts.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "cli/carry_out.h"
#include "cli/context.h"
#include "hostclass/clients.h"
#include "hostclass/host_calls.h"
#include "hostclass/host_listing.h"
#include "hostclass/host_login.h"
#include "hostclass/host_removal.h"
#include "hostclass/readiness.h"
#include "hostclass/selectors.h"
#include "image/selection.h"

namespace asiaq::cli {

network::Vpc environment_of(Context& context) {
  return network::find_environment(aws::ec2::Client(context.session()), context.environment_name());
}

network::Vpc configured_environment_of(Context& context) {
  static_cast<void>(context.config().main_file());
  static_cast<void>(context.config().find_ini(std::string(config::vpc_file)));
  return environment_of(context);
}

namespace {

using hostclass::Clients;
using hostclass::Host;
using hostclass::HostLogin;

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
  const network::Vpc vpc = configured_environment_of(context);
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
  const network::Vpc vpc = configured_environment_of(context);
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

}  // namespace

std::vector<Command> host_commands() {
  return {
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
  };
}

}  // namespace asiaq::cli
