// asiaq vpc, disco_vpc_ui.py: environments.
#include "network/vpc.h"

#include <fmt/format.h>

#include "aws/ec2/client.h"
#include "base/error.h"
#include "base/log.h"
#include "cli/carry_out.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/vpc_show.h"
#include "environment/create.h"
#include "environment/description.h"
#include "environment/destroy.h"
#include "environment/graph.h"
#include "environment/peerings.h"
#include "environment/selection.h"
#include "environment/update.h"

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

using Facts = std::vector<std::pair<std::string, std::string>>;

Facts facts_of(const Vpc& vpc) { return {{"id", vpc.id}, {"name", vpc.name}, {"type", vpc.type}}; }

/// As far as the report knows it: changes may be under way that would write the Creation's own.
std::string id_of_vpc(const environment::Creation& creation, const plan::Report& report) {
  for (std::size_t i = 0; i < report.ids.size(); ++i) {
    const bool is_vpc = creation.plan.changes()[i].resource.kind == "VPC";
    if (is_vpc && !report.ids[i].empty()) return report.ids[i];
  }
  return {};
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
  carry_out_and_report(context, {.plan = creation.plan,
                                 .environment =
                                     [&](const plan::Report& report) {
                                       return Facts{{"id", id_of_vpc(creation, report)},
                                                    {"name", wanted.name},
                                                    {"type", wanted.type}};
                                     },
                                 .execute =
                                     [&](const plan::ExecutionOptions& execution) {
                                       environment::carry_out(creation, wanted.name, execution);
                                     }});
  if (context.dry_run() || context.output_format() == OutputFormat::json) return;
  context.print(fmt::format("VPC {}({}) has been created", wanted.name, creation.vpc.id()));
}

struct Selected : environment::Selection {};

void update(Context& context, const Selected& wanted) {
  const environment::Update update =
      environment::plan_update(context.session(), context.config(), wanted);
  carry_out_and_report(context, {.plan = update.plan,
                                 .environment = [&](const auto&) { return facts_of(update.vpc); },
                                 .afterwards = [&] { environment::check_peerings(update); }});
  if (!context.dry_run()) return;
  for (const std::string& peering : update.unconfigured_peerings) {
    log::warning("Not configured, and not deleted by an update: peering {}", peering);
  }
}

void destroy(Context& context, const Selected& wanted) {
  aws::Session& session = context.session();
  const Vpc vpc =
      environment::select_environment(network::list_vpcs(aws::ec2::Client(session)), wanted);
  environment::check_is_environment(vpc);
  const plan::Plan plan =
      environment::plan_destruction(session, environment::observe_inventory(session, vpc));
  carry_out_and_report(context,
                       {.plan = plan, .environment = [&](const auto&) { return facts_of(vpc); }});
}

struct Peerings : environment::Selection {
  bool list = false;
  bool remove = false;
  bool create = false;
};

void list_peerings(Context& context, const std::optional<environment::Selection>& selection) {
  using environment::NamedPeering;
  const auto both = [](const std::string& accepter, const std::string& requester) {
    return fmt::format("{}<->{}", accepter, requester);
  };
  const auto only_fact = [](const char* key, auto fact) {
    return Column<NamedPeering>{.key = key,
                                .text = [](const NamedPeering&) { return std::string(); },
                                .fact = fact,
                                .shown = Shown::in_json_only};
  };
  const std::vector<Column<NamedPeering>> columns{
      {.key = "id", .width = 14, .text = [](const NamedPeering& each) { return each.peering.id; }},
      {.key = "status",
       .width = 8,
       .text = [](const NamedPeering& each) { return each.peering.status; }},
      {.key = "names",
       .width = 20,
       .text = [&](const NamedPeering& each) { return both(each.accepter, each.requester); },
       .shown = Shown::in_text_only},
      {.key = "ranges",
       .width = 21,
       .text =
           [&](const NamedPeering& each) {
             return both(each.peering.accepter.range, each.peering.requester.range);
           },
       .shown = Shown::in_text_only},
      only_fact("accepter", [](const NamedPeering& each) { return or_nothing(each.accepter); }),
      only_fact("accepter_vpc_id",
                [](const NamedPeering& each) -> Fact { return each.peering.accepter.vpc_id; }),
      only_fact("accepter_cidr",
                [](const NamedPeering& each) { return or_nothing(each.peering.accepter.range); }),
      only_fact("requester", [](const NamedPeering& each) { return or_nothing(each.requester); }),
      only_fact("requester_vpc_id",
                [](const NamedPeering& each) -> Fact { return each.peering.requester.vpc_id; }),
      only_fact("requester_cidr",
                [](const NamedPeering& each) { return or_nothing(each.peering.requester.range); }),
  };
  context.print_table(columns, environment::list_peerings(context.session(), selection));
}

void peerings(Context& context, const Peerings& wanted) {
  std::optional<environment::Selection> selection;
  if (!wanted.name.empty() || !wanted.vpc_id.empty()) selection = wanted;
  if (wanted.list) {
    list_peerings(context, selection);
  } else if (wanted.remove) {
    const plan::Plan plan = environment::plan_peering_removal(context.session(), selection);
    carry_out_and_report(context, {.plan = plan});
  } else if (wanted.create) {
    const plan::Plan plan =
        environment::plan_peerings(context.session(), context.config(), selection);
    carry_out_and_report(context, {.plan = plan});
  }
}

void show(Context& context, const Selected& wanted) {
  print_description(context, environment::describe(context.session(), wanted));
}

struct Graph : environment::Selection {
  std::string output = "svg";
};

void graph(Context& context, const Graph& wanted) {
  const environment::Description description = environment::describe(context.session(), wanted);
  context.output().write(wanted.output == "dot" ? environment::as_dot(description)
                                                : environment::as_svg(description));
}

/// --name and --vpc-id of the commands about one environment that is there.
template <class T>
OptionItem<T> selection_options() {
  return exactly_one(option("--name", &T::name, {.value = "NAME", .help = "name of the VPC"}),
                     option("--vpc-id", &T::vpc_id, {.value = "ID", .help = "id of the VPC"}));
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
              Record<Selected>{
                  .word = "update",
                  .summary = "Bring an environment in line with disco_vpc.ini",
                  .details = "Changes security group rules, routes, gateways, NAT gateways, DHCP "
                             "options, peerings and notifications; ranges and zones stay as they "
                             "are. An environment that an interrupted run left unfinished is "
                             "completed.",
                  .options = {selection_options<Selected>()},
                  .effect = Effect::changes,
                  .dry_run = Origin::original,
                  .run = update},
              Record<Selected>{.word = "destroy",
                               .summary = "Destroy an environment and everything in it",
                               .details =
                                   "What an interrupted run has left is destroyed by the next. VPN "
                                   "gateways, elastic IPs of your own and alarm topics stay.",
                               .options = {selection_options<Selected>()},
                               .effect = Effect::changes,
                               .run = destroy},
              Record<Peerings>{
                  .word = "peerings",
                  .summary = "List, make or delete peering connections between VPCs",
                  .details = "Without --name or --vpc-id all VPCs of the region are meant.",
                  .options = {at_most_one(
                                  option("--list", &Peerings::list, {.help = "list connections"}),
                                  option("--delete", &Peerings::remove,
                                         {.help = "delete connections and their routes"}),
                                  option("--create", &Peerings::create,
                                         {.help = "make what [peerings] of disco_vpc.ini says"})),
                              at_most_one(option("--name", &Peerings::name,
                                                 {.value = "NAME", .help = "name of a VPC"}),
                                          option("--vpc-id", &Peerings::vpc_id,
                                                 {.value = "ID", .help = "id of a VPC"}))},
                  .effect = Effect::changes,
                  .run = peerings},
              Record<Selected>{
                  .word = "show",
                  .summary = "Show what there is of an environment",
                  .details =
                      "Metanetworks, subnets, rules, routes, gateways, peerings and hosts, a "
                      "table each.",
                  .options = {selection_options<Selected>()},
                  .effect = Effect::reads | Effect::lists,
                  .run = show},
              Record<Graph>{
                  .word = "graph",
                  .summary = "Draw an environment",
                  .details = "Prints a picture: metanetworks, what their rules let in and where "
                             "their routes lead. SVG needs the package graphviz.",
                  .options = {selection_options<Graph>(),
                              option("--output", &Graph::output,
                                     {.help = "form of the picture", .choices = {"svg", "dot"}})},
                  .effect = Effect::reads,
                  .run = graph},
              Record<List>{
                  .word = "list",
                  .summary = "List all VPCs of the region, one a line",
                  .options = {option("--type", &List::type,
                                     {.help = "show the type of each as well"})},
                  .effect = Effect::reads | Effect::lists,
                  .run = list},
          },
  };
}

}  // namespace asiaq::cli
