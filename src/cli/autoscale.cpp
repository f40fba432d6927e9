// asiaq autoscale, disco_autoscale.py: auto scaling groups and what they launch from.
#include <fmt/format.h>

#include "aws/session.h"
#include "cli/carry_out.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "hostclass/clients.h"
#include "hostclass/group_listing.h"
#include "hostclass/launch_cleaning.h"
#include "network/vpc.h"

namespace asiaq::cli {

namespace {

using hostclass::Clients;
using hostclass::LaunchObject;
using hostclass::ListedGroup;

constexpr std::size_t group_name_width = 35;
constexpr std::size_t image_width = 12;
constexpr std::size_t number_width = 3;
constexpr std::size_t launch_name_width = 24;

network::Vpc environment_of(Context& context) {
  return network::find_environment(aws::ec2::Client(context.session()), context.environment_name());
}

Column<ListedGroup> number_column(std::string key, int (*number)(const ListedGroup&)) {
  return {
      .key = std::move(key),
      .width = number_width,
      .align = Align::right,
      .text = [number](const ListedGroup& each) { return std::to_string(number(each)); },
      .fact = [number](const ListedGroup& each) { return static_cast<long long>(number(each)); }};
}

void list_groups(Context& context, const NoOptions&) {
  const network::Vpc vpc = environment_of(context);
  const std::size_t name_width = group_name_width + vpc.name.size();
  const std::vector<Column<ListedGroup>> columns{
      {.key = "name",
       .width = name_width,
       .text = [](const ListedGroup& each) { return each.group.name; }},
      {.key = "ami",
       .width = image_width,
       .text = [](const ListedGroup& each) { return each.image.empty() ? "-" : each.image; },
       .fact =
           [](const ListedGroup& each) { return each.image.empty() ? Fact() : Fact(each.image); }},
      number_column("min", [](const ListedGroup& each) { return each.group.sizes.min; }),
      number_column("desired", [](const ListedGroup& each) { return each.group.sizes.desired; }),
      number_column("max", [](const ListedGroup& each) { return each.group.sizes.max; }),
      number_column(
          "members",
          [](const ListedGroup& each) { return static_cast<int>(each.group.members.size()); }),
      {.key = "launch_template",
       .text = [](const ListedGroup&) { return std::string(); },
       .fact =
           [](const ListedGroup& each) {
             return each.group.launch.template_name.empty() ? Fact()
                                                            : Fact(each.group.launch.template_name);
           },
       .shown = Shown::in_json_only},
      {.key = "is_testing",
       .text = [](const ListedGroup&) { return std::string(); },
       .fact =
           [](const ListedGroup& each) {
             const auto tag = each.group.tags.find("is_testing");
             return tag != each.group.tags.end() && tag->second == "1";
           },
       .shown = Shown::in_json_only},
  };
  if (context.settings().debug && context.output_format() == OutputFormat::text) {
    context.print(fmt::format("{:<{}} {:<{}} {:<3} {:<3} {:<3} {:<3}", "Name", name_width, "AMI",
                              image_width, "min", "des", "max", "cnt"));
  }
  context.print_table(columns, hostclass::list_groups(Clients(context.session()), vpc.name));
}

void list_configs(Context& context, const NoOptions&) {
  const network::Vpc vpc = environment_of(context);
  const std::vector<Column<LaunchObject>> columns{
      {.key = "name",
       .width = launch_name_width,
       .text = [](const LaunchObject& each) { return each.name; }},
      {.key = "ami", .text = [](const LaunchObject& each) { return each.settings.image; }},
      {.key = "kind",
       .text =
           [](const LaunchObject& each) {
             return each.kind == LaunchObject::Kind::launch_template ? "launch_template"
                                                                     : "launch_configuration";
           },
       .shown = Shown::in_json_only},
      {.key = "id",
       .text = [](const LaunchObject& each) { return each.id; },
       .fact = [](const LaunchObject& each) { return each.id.empty() ? Fact() : Fact(each.id); },
       .shown = Shown::in_json_only},
      {.key = "instance_type",
       .text = [](const LaunchObject& each) { return each.settings.instance_type; },
       .shown = Shown::in_json_only},
      {.key = "created",
       .text = [](const LaunchObject&) { return std::string(); },
       .fact =
           [](const LaunchObject& each) {
             return each.created ? Fact(rfc3339(*each.created)) : Fact();
           },
       .shown = Shown::in_json_only},
  };
  context.print_table(columns,
                      hostclass::observe_launch_objects(Clients(context.session()), vpc.name));
}

struct DeleteGroup : hostclass::GroupChoice {
  bool force = false;
};

void delete_group(Context& context, const DeleteGroup& wanted) {
  const network::Vpc vpc = environment_of(context);
  carry_out(context, hostclass::plan_group_deletion(Clients(context.session()), vpc.name, wanted,
                                                    wanted.force ? hostclass::Deletion::with_members
                                                                 : hostclass::Deletion::if_empty));
}

void clean_groups(Context& context, const NoOptions&) {
  const network::Vpc vpc = environment_of(context);
  carry_out(context, hostclass::plan_group_cleaning(Clients(context.session()), vpc.name));
}

void clean_configs(Context& context, const NoOptions&) {
  const network::Vpc vpc = environment_of(context);
  carry_out(context, hostclass::plan_launch_cleaning(Clients(context.session()), vpc.name, vpc.id));
}

}  // namespace

Tool autoscale_tool() {
  using hostclass::GroupChoice;
  return {
      .dialect = Dialect::sub_command,
      .environment = EnvironmentOption::before_command,
      .commands =
          {
              Record<NoOptions>{.word = "listgroups",
                                .summary = "List the auto scaling groups of an environment",
                                .details = "Name, image, least, desired and largest size, members.",
                                .effect = Effect::reads | Effect::lists,
                                .run = list_groups},
              Record<NoOptions>{.word = "cleangroups",
                                .summary = "Delete groups without hosts that want none",
                                .effect = Effect::changes,
                                .run = clean_groups},
              Record<DeleteGroup>{
                  .word = "deletegroup",
                  .summary = "Delete a group, or all groups of a hostclass, and what they launch "
                             "from",
                  .options = {exactly_one(
                                  option("--hostclass", &GroupChoice::hostclass,
                                         {.value = "HOSTCLASS", .help = "all its groups"}),
                                  option("--name", &GroupChoice::name,
                                         {.value = "GROUP", .help = "the group of this name"})),
                              option("--force", &DeleteGroup::force,
                                     {.help = "with the hosts that are in it"})},
                  .effect = Effect::changes,
                  .run = delete_group},
              Record<NoOptions>{
                  .word = "listconfigs",
                  .summary = "List the launch templates and configurations of an environment",
                  .effect = Effect::reads | Effect::lists,
                  .run = list_configs},
              Record<NoOptions>{
                  .word = "cleanconfigs",
                  .summary = "Delete launch templates and configurations that nothing uses",
                  .details = "Young ones that no group uses yet stay for five minutes, because "
                             "another run may be about to use them.",
                  .effect = Effect::changes,
                  .run = clean_configs},
          },
  };
}

}  // namespace asiaq::cli
