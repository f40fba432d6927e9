#include "image/promotion.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "aws/ec2/client.h"
#include "aws/error.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "image/bake_settings.h"
#include "image/selection.h"

namespace asiaq::image {

namespace {

std::set<std::string> permitted_accounts(const aws::ec2::Client& ec2, const std::string& id) {
  std::set<std::string> accounts;
  const auto attribute =
      ec2.describe_image_attribute({.attribute = "launchPermission", .image_id = id});
  for (const auto& permission : attribute.launch_permissions) {
    if (permission.user_id) accounts.insert(*permission.user_id);
  }
  return accounts;
}

void set_tag(const aws::ec2::Client& ec2, const std::string& id, const std::string& key,
             const std::string& value) {
  aws::ec2::CreateTagsRequest request;
  request.resources = {id};
  request.tags = {{.key = key, .value = value}};
  ec2.create_tags(request);
}

void permit(const aws::ec2::Client& ec2, const std::string& id,
            const std::vector<std::string>& accounts) {
  aws::ec2::ModifyImageAttributeRequest request;
  request.image_id = id;
  request.attribute = "launchPermission";
  auto& added = request.launch_permission.emplace().add;
  for (const std::string& account : accounts) {
    log::warning("sharing AMI {} with account {}", id, account);
    added.push_back({.user_id = account});
  }
  ec2.modify_image_attribute(request);
}

void add_sharing(plan::Plan& plan, const aws::ec2::Client& ec2, const Image& image,
                 const std::vector<std::string>& accounts, std::vector<plan::ChangeId> after) {
  std::set<std::string> permitted = permitted_accounts(ec2, image.id);
  std::vector<std::string> missing;
  for (const std::string& account : accounts) {
    if (permitted.insert(account).second) missing.push_back(account);
  }
  if (missing.empty()) return;
  plan.add(
      {.verb = plan::Verb::update,
       .resource = {"AMI", image.name, image.id},
       .details = {"let account " + join(missing, ", ") + " launch it"},
       .carry_out =
           [&ec2, id = image.id, missing, all = join({permitted.begin(), permitted.end()}, ",")] {
             permit(ec2, id, missing);
             set_tag(ec2, id, tag::shared_with, all);
           },
       .after = std::move(after)});
}

Image known_image(const aws::ec2::Client& ec2, const std::string& id) {
  const std::vector<Image> found = observe_images_by_id(ec2, {id});
  if (found.empty()) throw ImageError(fmt::format("there is no AMI {}", id));
  return found.front();
}

}  // namespace

ProductionSettings production_settings(const config::ConfigFolder& folder) {
  const std::string environment = folder.literal_option("bake", "bakery_environment").value_or("");
  return {.accounts = folder.bake_option("bake", "prod_account_ids", environment).list(),
          .baker = folder.bake_option("bake", "prod_baker", environment).value_or("")};
}

bool is_shared(const Image& image, const std::string& stage, const std::string& final_stage,
               const ProductionSettings& production, Sharing sharing) {
  if (sharing == Sharing::always) return true;
  return stage == final_stage && !production.baker.empty() && !production.accounts.empty() &&
         image.tag_value(tag::baker) == production.baker;
}

plan::Plan plan_promotion(const aws::ec2::Client& ec2, const config::ConfigFolder& folder,
                          const std::string& id, const std::string& stage, Sharing sharing) {
  check_stage(folder, stage);
  const ProductionSettings production = production_settings(folder);
  if (sharing == Sharing::always && production.accounts.empty()) {
    throw ConfigError("prod_account_ids in section bake of disco_aws.ini names no account");
  }
  const Image image = known_image(ec2, id);
  plan::Plan plan;
  std::vector<plan::ChangeId> before;
  if (image.stage() != stage) {
    before = {
        plan.add({.verb = plan::Verb::update,
                  .resource = {"AMI", image.name, image.id},
                  .details = {fmt::format("stage {} -> {}", image.stage().value_or("-"), stage)},
                  .carry_out = [&ec2, id, stage] { set_tag(ec2, id, tag::stage, stage); }})};
  }
  if (is_shared(image, stage, stages(folder).back(), production, sharing)) {
    add_sharing(plan, ec2, image, production.accounts, std::move(before));
  }
  return plan;
}

plan::Plan plan_hostclass_promotion(const aws::ec2::Client& ec2, const config::ConfigFolder& folder,
                                    const std::string& hostclass) {
  const ProductionSettings production = production_settings(folder);
  if (production.accounts.empty()) {
    throw ConfigError("prod_account_ids in section bake of disco_aws.ini names no account");
  }
  const Image image =
      find_image(ec2, {}, {.hostclass = hostclass, .stages = {stages(folder).back()}});
  plan::Plan plan;
  add_sharing(plan, ec2, image, production.accounts, {});
  return plan;
}

bool is_in_production(const aws::ec2::Client& ec2, const std::string& image_id,
                      const std::vector<std::string>& accounts) {
  if (accounts.empty()) return false;
  try {
    const std::set<std::string> permitted = permitted_accounts(ec2, image_id);
    return std::all_of(accounts.begin(), accounts.end(),
                       [&](const std::string& account) { return permitted.contains(account); });
  } catch (const aws::ServiceError& error) {
    if (!error.is_denied()) throw;
    return false;
  }
}

}  // namespace asiaq::image
