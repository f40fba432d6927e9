#include "image/preparation.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "aws/ec2/client.h"
#include "aws/encoding.h"
#include "aws/session.h"
#include "aws/ssm/client.h"
#include "base/error.h"
#include "base/log.h"
#include "base/process.h"
#include "base/text.h"
#include "config/credential_buckets.h"
#include "image/selection.h"
#include "network/metanetwork.h"
#include "network/vpc.h"

namespace asiaq::image {

namespace {

constexpr std::string_view builders_metanetwork = "tunnel";
constexpr std::string_view parameter_prefix = "resolve:ssm:";
constexpr std::size_t most_tags = 50;

std::string resolved(aws::Session& session, const std::string& source) {
  if (!source.starts_with(parameter_prefix)) return source;
  const std::string parameter = source.substr(parameter_prefix.size());
  aws::ssm::Client ssm(session);
  const auto found = ssm.get_parameter({.name = parameter});
  if (!found.parameter || !found.parameter->value) {
    throw ImageError(fmt::format("parameter {} names no AMI", parameter));
  }
  return *found.parameter->value;
}

Image vendor_image(const aws::ec2::Client& ec2, const std::string& id) {
  const std::vector<Image> found = observe_images_by_id(ec2, {id});
  if (found.empty()) {
    ImageError error(fmt::format("there is no AMI {} that this account may use", id));
    throw error.set_hint(
        "it may have been withdrawn, belong to another region, or wait for its terms of use to be "
        "accepted");
  }
  if (found.front().state != "available") {
    throw ImageError(
        fmt::format("AMI {} is {}, not available to bake from", id, found.front().state));
  }
  return found.front();
}

Image source_image(aws::Session& session, const aws::ec2::Client& ec2,
                   const BakeSettings& settings) {
  if (!settings.source.empty()) return vendor_image(ec2, resolved(session, settings.source));
  Base base = base_for_bake(observe_images(ec2, settings.trusted_accounts, settings.base_name),
                            settings.base_name, settings.stages);
  if (base.warning) log::warning("{}", *base.warning);
  if (base.image.state != "available") {
    throw ImageError(fmt::format("AMI {} ({}) is {}, not available to bake from", base.image.id,
                                 base.image.name, base.image.state));
  }
  return std::move(base.image);
}

std::string repository_address(const aws::ec2::Client& ec2, const BakeSettings& settings,
                               const std::string& vpc_id) {
  if (!settings.needs_repo) return {};
  aws::ec2::DescribeInstancesRequest request;
  request.filters = {{.name = "vpc-id", .values = {vpc_id}},
                     {.name = "tag:hostclass", .values = {settings.repo_hostclass}},
                     {.name = "instance-state-name", .values = {"running"}}};
  for (const auto& reservation : ec2.describe_instances_all(request)) {
    for (const auto& instance : reservation.instances) {
      if (instance.private_ip_address) return *instance.private_ip_address;
    }
  }
  Error error("Command",
              fmt::format("no host of the package repository {} runs in environment {}, and "
                          "hostclass {} needs it",
                          settings.repo_hostclass, settings.environment, settings.hostclass));
  throw error.set_hint(
      "spin it up, or add the hostclass to no_repo_hostclasses in section bake of disco_aws.ini");
}

std::vector<std::string> credential_buckets(const config::ConfigFolder& folder,
                                            const network::Vpc& vpc, const std::string& region,
                                            const std::string& project) {
  std::vector<std::string> buckets;
  const auto option = folder.vpc(vpc.name, vpc.type).option("credential_buckets");
  for (const std::string& word : option.list()) {
    for (std::string& name : config::credential_bucket_candidates({region, project}, word)) {
      buckets.push_back(std::move(name));
    }
  }
  return buckets;
}

/// Output of git in that folder; empty if it fails or there is no git.
std::string git(const std::filesystem::path& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"git", "-C", folder.string()});
  try {
    const ProcessResult result = run_process(
        {.arguments = std::move(arguments), .error_stream = ProcessOptions::ErrorStream::apart});
    return result.status == 0 ? std::string(trimmed(result.output)) : std::string();
  } catch (const Error&) {
    return {};
  }
}

void place(const aws::ec2::Client& ec2, Preparation& preparation, const network::Vpc& vpc) {
  const network::Metanetworks metanetworks = network::observe_metanetworks(ec2, vpc);
  const network::Metanetwork& metanetwork =
      network::metanetwork_named(metanetworks, builders_metanetwork);
  preparation.vpc_id = vpc.id;
  preparation.group_id = metanetwork.group_id;
  preparation.subnet_ids = metanetwork.subnet_ids();
  if (preparation.group_id.empty() || preparation.subnet_ids.empty()) {
    Error error("VPCEnvironment",
                fmt::format("metanetwork {} of environment {} has no {}", builders_metanetwork,
                            vpc.name, preparation.group_id.empty() ? "security group" : "subnet"));
    throw error.set_hint("`disco_vpc_ui.py create` of that name completes it");
  }
  std::shuffle(preparation.subnet_ids.begin(), preparation.subnet_ids.end(),
               std::mt19937(std::random_device{}()));
}

}  // namespace

std::string login_name() {
  for (const char* variable : {"LOGNAME", "USER", "LNAME", "USERNAME"}) {
    if (const char* value = std::getenv(variable); value != nullptr && *value != '\0') return value;
  }
  const passwd* account = getpwuid(getuid());
  return account == nullptr ? "unknown" : account->pw_name;
}

std::string version_of(const std::filesystem::path& folder) {
  const std::string branch = git(folder, {"rev-parse", "--abbrev-ref", "HEAD"});
  const std::string commit = git(folder, {"rev-parse", "--short", "HEAD"});
  if (branch.empty() || commit.empty()) return "unknown";
  return fmt::format("{}-{}", branch, commit);
}

std::string root_device_of(const Image& image) {
  constexpr const char* old_root_device = "/dev/sda";
  const bool maps_it = std::find(image.device_names.begin(), image.device_names.end(),
                                 old_root_device) != image.device_names.end();
  return maps_it ? old_root_device : image.root_device_name;
}

std::map<std::string, std::string> image_tags(const Preparation& preparation) {
  const BakeSettings& settings = preparation.settings;
  const bool is_private = preparation.options.visibility == BakeOptions::Visibility::private_image;
  std::map<std::string, std::string> tags = {
      {tag::stage, settings.stage},    {tag::source_ami, preparation.source.id},
      {tag::baker, preparation.baker}, {tag::version, preparation.version},
      {tag::hostclass, settings.name}, {tag::is_private, is_private ? "True" : "False"},
  };
  if (settings.product_line) tags[tag::product_line] = *settings.product_line;
  for (const auto& [key, value] : preparation.options.extra_tags) tags.try_emplace(key, value);
  if (tags.size() > most_tags) {
    throw UsageError(fmt::format("an image can have {} tags, not {}", most_tags, tags.size()));
  }
  return tags;
}

Preparation prepare(aws::Session& session, const config::ConfigFolder& folder,
                    const BakeOptions& options) {
  Preparation preparation;
  preparation.options = options;
  preparation.settings = bake_settings(folder, options);
  const BakeSettings& settings = preparation.settings;
  preparation.baker = login_name();
  preparation.version = version_of(settings.data_source);
  preparation.bake_id = aws::random_uuid();
  std::erase(preparation.bake_id, '-');
  const aws::ec2::Client ec2(session);
  const network::Vpc vpc = network::find_environment(ec2, settings.environment);
  place(ec2, preparation, vpc);
  preparation.credential_buckets =
      credential_buckets(folder, vpc, session.region(), settings.project);
  preparation.repo_address = repository_address(ec2, settings, vpc.id);
  preparation.source = source_image(session, ec2, settings);
  preparation.root_device = root_device_of(preparation.source);
  image_tags(preparation);
  return preparation;
}

}  // namespace asiaq::image
