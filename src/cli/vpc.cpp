// asiaq vpc, disco_vpc_ui.py: environments.
#include "network/vpc.h"

#include <fmt/format.h>

#include "aws/ec2/client.h"
#include "base/error.h"
#include "cli/carry_out.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "environment/create.h"
#include "environment/destroy.h"

namespace asiaq::cli {

namespace {

using network::Vpc;

constexpr std::size_t name_width = 15;

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

Fact or_nothing(const std::string& text) {
  if (text.empty()) return {};
  return text;
}

struct List {
  bool type = false;
};

void list(Context& context, const List& wanted) {
  const std::vector<Column<Vpc>> columns{
      {.key = "id", .text = [](const Vpc& vpc) { return vpc.id; }},
      {.key = "name",
       .width = name_width,
       .text = [](const Vpc& vpc) { return or_dash(vpc.name); },
       .fact = [](const Vpc& vpc) { return or_nothing(vpc.name); },
       .separator = "\t"},
      {.key = "type",
       .text = [](const Vpc& vpc) { return or_dash(vpc.type); },
       .fact = [](const Vpc& vpc) { return or_nothing(vpc.type); },
       .shown = wanted.type ? Shown::everywhere : Shown::in_json_only,
       .separator = "\t"},
      {.key = "cidr",
       .text = [](const Vpc& vpc) { return vpc.cidr.to_string(); },
       .shown = Shown::in_json_only},
      {.key = "is_default",
       .text = [](const Vpc&) { return std::string(); },
       .fact = [](const Vpc& vpc) { return vpc.is_default; },
       .shown = Shown::in_json_only},
      {.key = "is_unfinished",
       .text = [](const Vpc&) { return std::string(); },
       .fact = [](const Vpc& vpc) { return vpc.is_unfinished(); },
       .shown = Shown::in_json_only},
  };
  context.print_table(columns, network::list_vpcs(aws::ec2::Client(context.session())));
}

struct Create {
  std::string name;
  std::string type;
  bool skip_enis = false;
  std::vector<std::string> tags;
};

network::TagMap parsed_tags(const std::vector<std::string>& texts) {
  network::TagMap tags;
  for (const std::string& text : texts) {
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos || colon == 0) {
      throw UsageError(fmt::format("argument --tag: '{}' is not of the form key:value", text));
    }
    tags[text.substr(0, colon)] = text.substr(colon + 1);
  }
  return tags;
}

void create(Context& context, const Create& wanted) {
  using environment::CreateOptions;
  const CreateOptions options{.name = wanted.name,
                              .type = wanted.type,
                              .static_addresses = wanted.skip_enis
                                                      ? CreateOptions::StaticAddresses::leave
                                                      : CreateOptions::StaticAddresses::reserve,
                              .tags = parsed_tags(wanted.tags)};
  const environment::Creation creation =
      environment::plan_creation(context.session(), context.config(), options);
  if (context.dry_run()) {
    carry_out(context, creation.plan);
    return;
  }
  environment::carry_out(creation, wanted.name);
  const std::string id = creation.vpc.id();
  if (context.output_format() == OutputFormat::json) {
    context.output().write(json_rows({{{"id", id}, {"name", wanted.name}, {"type", wanted.type}}}));
  } else {
    context.print(fmt::format("VPC {}({}) has been created", wanted.name, id));
  }
}

struct Destroy : environment::Selection {};

void destroy(Context& context, const Destroy& wanted) {
  aws::Session& session = context.session();
  const Vpc vpc = environment::select_environment(aws::ec2::Client(session), wanted);
  environment::check_is_environment(vpc);
  carry_out(context,
            environment::plan_destruction(session, environment::observe_inventory(session, vpc)));
}

}  // namespace

Tool vpc_tool() {
  return {
      .dialect = Dialect::sub_command,
      .commands =
          {
              Record<Create>{
                  .word = "create",
                  .summary = "Make an environment of a type that disco_vpc.ini defines",
                  .details = "An environment that an interrupted run left unfinished is completed. "
                             "The name of a finished one is refused.",
                  .options = {option("--name", &Create::name,
                                     {.value = "NAME",
                                      .help = "name of the new environment",
                                      .need = Need::mandatory}),
                              option("--type", &Create::type,
                                     {.value = "TYPE",
                                      .help = "section [envtype:TYPE] of disco_vpc.ini",
                                      .need = Need::mandatory}),
                              option("--skip-enis", &Create::skip_enis,
                                     {.help = "reserve no static addresses of hostclasses"}),
                              option("--tag", &Create::tags,
                                     {.value = "KEY:VALUE",
                                      .help = "another tag for the VPC, its subnets and route "
                                              "tables; may be repeated"})},
                  .effect = Effect::changes,
                  .run = create},
              Record<Destroy>{
                  .word = "destroy",
                  .summary = "Destroy an environment and everything in it",
                  .details = "What an interrupted run has left is destroyed by the next. VPN "
                             "gateways, elastic IPs of your own and alarm topics stay.",
                  .options = {exactly_one(option("--name", &Destroy::name,
                                                 {.value = "NAME", .help = "name of the VPC"}),
                                          option("--vpc-id", &Destroy::vpc_id,
                                                 {.value = "ID", .help = "id of the VPC"}))},
                  .effect = Effect::changes,
                  .run = destroy},
              Record<List>{.word = "list",
                           .summary = "List all VPCs of the region, one a line",
                           .options = {option("--type", &List::type,
                                              {.help = "show the type of each as well"})},
                           .effect = Effect::reads | Effect::lists,
                           .run = list},
          },
  };
}

}  // namespace asiaq::cli
