// asiaq bake: making, promoting, listing and removing machine images.
#include "image/bake.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/ec2/client.h"
#include "aws/session.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/carry_out.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "image/bake_settings.h"
#include "image/hostclass_script.h"
#include "image/listing.h"
#include "image/name.h"
#include "image/promotion.h"
#include "image/removal.h"
#include "image/selection.h"

namespace asiaq::cli {

namespace {

struct BakeCommand {
  std::optional<std::string> hostclass;
  std::optional<std::string> stage;
  std::optional<std::string> source_ami;
  std::vector<std::string> tags;
  bool no_destroy = false;
  bool no_image = false;
  bool use_local_ip = false;
  bool is_private = false;
};

struct CreateCommand {
  std::string hostclass;
};

struct PromoteCommand {
  std::string ami;
  std::string stage;
  bool promote_to_prod = false;
};

struct HostclassPromoteCommand {
  std::string hostclass;
};

struct ListCommand {
  std::optional<std::string> ami;
  std::optional<std::string> instance;
  std::optional<std::string> stage;
  std::optional<std::string> product_line;
  std::optional<std::string> state;
  std::optional<std::string> hostclass;
  bool in_prod = false;
};

struct ListLatestCommand {
  std::string stage;
  std::string hostclass;
  bool in_prod = false;
};

struct DeleteCommand {
  std::string ami;
};

image::BakeOptions bake_options(const BakeCommand& command) {
  image::BakeOptions options;
  options.hostclass = command.hostclass;
  options.stage = command.stage;
  options.source_ami = command.source_ami;
  for (const std::string& tag : command.tags) {
    const std::size_t colon = tag.find(':');
    if (colon == std::string::npos || colon == 0) {
      throw UsageError(fmt::format("--tag {}: must be written KEY:VALUE", tag));
    }
    options.extra_tags[tag.substr(0, colon)] = tag.substr(colon + 1);
  }
  using image::BakeOptions;
  if (command.use_local_ip) options.address = BakeOptions::Address::private_address;
  if (command.no_destroy) options.on_failure = BakeOptions::OnFailure::keep;
  if (command.no_image) options.outcome = BakeOptions::Outcome::stop_after_scripts;
  if (command.is_private) options.visibility = BakeOptions::Visibility::private_image;
  return options;
}

/// The output of users' scripts is progress, not a result.
void to_standard_error(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }

void bake(Context& context, const BakeCommand& command) {
  image::Bake bake(context.session(),
                   image::prepare(context.session(), context.config(), bake_options(command)),
                   to_standard_error);
  if (context.dry_run()) return carry_out(context, bake.plan());
  const image::BakeResult result = bake.run();
  if (!result.image) return;
  context.print(fmt::format("Created {} AMI {}", result.image->name, result.image->id));
}

void create(Context& context, const CreateCommand& command) {
  plan::Plan plan;
  const auto root = context.config().root();
  const auto script = image::planned_hostclass_script(root, command.hostclass);
  plan.add({.verb = plan::Verb::create,
            .resource = {"script", script.string(), ""},
            .carry_out = [&] { image::write_hostclass_script(root, command.hostclass); }});
  carry_out(context, plan);
}

void promote(Context& context, const PromoteCommand& command) {
  const aws::ec2::Client ec2(context.session());
  carry_out(context, image::plan_promotion(ec2, context.config(), command.ami, command.stage,
                                           command.promote_to_prod ? image::Sharing::always
                                                                   : image::Sharing::by_rule));
}

void promote_hostclass(Context& context, const HostclassPromoteCommand& command) {
  const aws::ec2::Client ec2(context.session());
  carry_out(context, image::plan_hostclass_promotion(ec2, context.config(), command.hostclass));
}

void delete_ami(Context& context, const DeleteCommand& command) {
  const aws::ec2::Client ec2(context.session());
  carry_out(context, image::plan_removal(ec2, command.ami));
}

/// An image and what its line needs besides.
struct ListedImage {
  image::Image image;
  WallTime now;
  bool in_production = false;

  std::optional<long long> age_in_hours() const {
    const auto created = image::creation_time(image);
    if (!created) return std::nullopt;
    return std::chrono::floor<std::chrono::hours>(now - *created).count();
  }
};

Fact text_or_null(const std::optional<std::string>& text) {
  return text ? Fact(*text) : Fact(std::monostate{});
}

std::vector<Column<ListedImage>> columns(bool with_production) {
  using Row = ListedImage;
  const auto shown_name = [](const Row& row) {
    return image::is_hostclass_image_name(row.image.name) ? image::hostclass_of(row.image.name)
                                                          : row.image.name;
  };
  std::vector<Column<Row>> all = {
      {.key = "id", .width = 12, .text = [](const Row& row) { return row.image.id; }},
      {.key = "created",
       .width = 19,
       .text =
           [](const Row& row) {
             const auto created = image::creation_time(row.image);
             return created ? utc_date_time(*created) : "None";
           },
       .fact = [](const Row& row) -> Fact {
         const auto created = image::creation_time(row.image);
         if (!created) return std::monostate{};
         return rfc3339(*created);
       }},
      {.key = "name",
       .width = 35,
       .text = shown_name,
       .fact = [](const Row& row) -> Fact { return row.image.name; }},
      {.key = "state", .width = 12, .text = [](const Row& row) { return row.image.state; }},
      {.key = "stage",
       .width = 8,
       .text = [](const Row& row) { return row.image.stage().value_or("-"); },
       .fact = [](const Row& row) { return text_or_null(row.image.stage()); }},
      {.key = "product_line",
       .width = 15,
       .text =
           [](const Row& row) {
             return row.image.tag_value(image::tag::product_line).value_or("-");
           },
       .fact =
           [](const Row& row) {
             return text_or_null(row.image.tag_value(image::tag::product_line));
           }},
      {.key = "age_hours",
       .width = 5,
       .text =
           [](const Row& row) {
             const auto age = row.age_in_hours();
             return age ? std::to_string(*age) : "None";
           },
       .fact = [](const Row& row) -> Fact {
         const auto age = row.age_in_hours();
         if (!age) return std::monostate{};
         return *age;
       }},
  };
  if (with_production) {
    all.push_back(
        {.key = "in_production",
         .text = [](const Row& row) { return row.in_production ? "     prod" : " non-prod"; },
         .fact = [](const Row& row) -> Fact { return row.in_production; },
         .separator = ""});
  }
  return all;
}

/// Prints and says by the status whether there was anything.
int print_images(Context& context, const aws::ec2::Client& ec2,
                 const std::vector<image::Image>& images, bool in_prod) {
  const std::vector<std::string> accounts =
      in_prod ? image::production_settings(context.config()).accounts : std::vector<std::string>();
  std::vector<ListedImage> rows;
  for (const image::Image& image : images) {
    rows.push_back({.image = image,
                    .now = system_clock().now(),
                    .in_production = in_prod && image::is_in_production(ec2, image.id, accounts)});
  }
  context.print_table(columns(in_prod), rows);
  return rows.empty() ? 1 : 0;
}

int list_amis(Context& context, const ListCommand& command) {
  const aws::ec2::Client ec2(context.session());
  image::ListFilter filter{.id = command.ami,
                           .instance = command.instance,
                           .product_line = command.product_line,
                           .state = command.state,
                           .hostclass = command.hostclass};
  if (command.stage) filter.stages = split(*command.stage, ',');
  return print_images(
      context, ec2,
      image::list_images(ec2, image::trusted_accounts(context.config()), std::move(filter)),
      command.in_prod);
}

int list_latest_ami(Context& context, const ListLatestCommand& command) {
  const aws::ec2::Client ec2(context.session());
  const image::Wanted wanted{.hostclass = command.hostclass,
                             .stages = split(command.stage, ','),
                             .private_images = image::Wanted::Private::included};
  const auto newest = image::newest(
      image::observe_images(ec2, image::trusted_accounts(context.config()), command.hostclass),
      wanted);
  std::vector<image::Image> found;
  if (newest) found.push_back(*newest);
  return print_images(context, ec2, found, command.in_prod);
}

}  // namespace

Tool bake_tool() {
  return {
      .dialect = Dialect::sub_command,
      .has_truncate = true,
      .commands = {
          Record<BakeCommand>{
              .word = "bake",
              .summary = "Make an image",
              .options =
                  {option("--hostclass", &BakeCommand::hostclass,
                          {.value = "HOSTCLASS", .help = "what to bake; the base image if absent"}),
                   option("--no-destroy", &BakeCommand::no_destroy,
                          {.help = "keep the builder of a bake that fails, for looking at it"}),
                   option("--stage", &BakeCommand::stage,
                          {.value = "STAGE",
                           .help = "stage of the new image; the first of ami_stages if absent"}),
                   option("--source-ami", &BakeCommand::source_ami,
                          {.value = "AMI", .help = "image to start from"}),
                   option("--use-local-ip", &BakeCommand::use_local_ip,
                          {.help = "reach the builder by its private address"}),
                   option("--no-image", &BakeCommand::no_image,
                          {.help = "stop after the scripts: the builder goes on, no image is made",
                           .origin = Origin::added}),
                   option("--tag", &BakeCommand::tags,
                          {.value = "KEY:VALUE",
                           .help = "further tag of the image",
                           .origin = Origin::added}),
                   option("--private", &BakeCommand::is_private,
                          {.help = "no other command takes this image on its own",
                           .origin = Origin::added})},
              .effect = Effect::changes,
              .run = bake},
          Record<CreateCommand>{.word = "create",
                                .summary = "Write the script of a new hostclass from the template",
                                .options = {option("--hostclass", &CreateCommand::hostclass,
                                                   {.value = "HOSTCLASS",
                                                    .help = "its name, which begins with mhc",
                                                    .need = Need::mandatory})},
                                .effect = Effect::changes,
                                .run = create},
          Record<PromoteCommand>{
              .word = "promote",
              .summary = "Move an image to another stage",
              .options =
                  {option("--ami", &PromoteCommand::ami,
                          {.value = "AMI", .help = "the image", .need = Need::mandatory}),
                   option("--stage", &PromoteCommand::stage,
                          {.value = "STAGE", .help = "one of ami_stages", .need = Need::mandatory}),
                   option("--promote-to-prod", &PromoteCommand::promote_to_prod,
                          {.help = "also let the production accounts launch it"})},
              .effect = Effect::changes,
              .run = promote},
          Record<HostclassPromoteCommand>{
              .word = "hostclasspromote",
              .summary = "Let the production accounts launch the newest tested image",
              .options = {option("--hostclass", &HostclassPromoteCommand::hostclass,
                                 {.value = "HOSTCLASS",
                                  .help = "of this hostclass, in the last of ami_stages",
                                  .need = Need::mandatory})},
              .effect = Effect::changes,
              .run = promote_hostclass},
          Record<ListCommand>{
              .word = "listamis",
              .summary = "List images, oldest first; status 1 if there is none",
              .options = {option("--ami", &ListCommand::ami,
                                 {.value = "AMI", .help = "only this one"}),
                          option("--instance", &ListCommand::instance,
                                 {.value = "ID", .help = "the one that this instance runs"}),
                          option("--stage", &ListCommand::stage,
                                 {.value = "STAGE", .help = "of this stage, or of several: a,b"}),
                          option("--productline", &ListCommand::product_line,
                                 {.value = "NAME", .help = "of this product line"}),
                          option("--state", &ListCommand::state,
                                 {.value = "STATE", .help = "in this state of AWS's"}),
                          option("--hostclass", &ListCommand::hostclass,
                                 {.value = "HOSTCLASS", .help = "of this hostclass"}),
                          option("--in-prod", &ListCommand::in_prod,
                                 {.help = "say whether production accounts may launch it"})},
              .effect = Effect::lists,
              .run = list_amis},
          Record<ListLatestCommand>{
              .word = "listlatestami",
              .summary = "List the newest image of a hostclass; status 1 if there is none",
              .options = {option("--stage", &ListLatestCommand::stage,
                                 {.value = "STAGE",
                                  .help = "of this stage; a,b: of the first that has one",
                                  .need = Need::mandatory}),
                          option("--hostclass", &ListLatestCommand::hostclass,
                                 {.value = "HOSTCLASS",
                                  .help = "of this hostclass",
                                  .need = Need::mandatory}),
                          option("--in-prod", &ListLatestCommand::in_prod,
                                 {.help = "say whether production accounts may launch it",
                                  .origin = Origin::added})},
              .effect = Effect::lists,
              .run = list_latest_ami},
          Record<DeleteCommand>{
              .word = "deleteami",
              .summary = "Remove an image and its snapshots",
              .options = {option("--ami", &DeleteCommand::ami,
                                 {.value = "AMI", .help = "the image", .need = Need::mandatory})},
              .effect = Effect::changes,
              .run = delete_ami},
      }};
}

}  // namespace asiaq::cli
