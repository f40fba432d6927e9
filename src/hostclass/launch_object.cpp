#include "hostclass/launch_object.h"

#include <algorithm>

#include "aws/absence.h"
#include "aws/autoscaling/client.h"
#include "aws/ec2/client.h"
#include "aws/encoding.h"
#include "aws/error.h"
#include "base/log.h"
#include "base/text.h"
#include "hostclass/names.h"

namespace asiaq::hostclass {

namespace {

constexpr std::int32_t versions_per_page = 200;
constexpr int name_attempts = 5;

std::string decoded(const std::optional<std::string>& user_data) {
  return user_data ? aws::base64_decode(*user_data) : std::string();
}

template <class Mapping>
BlockDevice device_from(const Mapping& mapping) {
  BlockDevice device{.name = mapping.device_name.value_or(""),
                     .virtual_name = unless_empty(mapping.virtual_name)};
  if (mapping.ebs) {
    if (mapping.ebs->volume_size) device.size = *mapping.ebs->volume_size;
    device.snapshot = unless_empty(mapping.ebs->snapshot_id);
    device.volume_type = unless_empty(mapping.ebs->volume_type);
    if (mapping.ebs->iops) device.iops = *mapping.ebs->iops;
  }
  return device;
}

template <class Mappings>
std::vector<BlockDevice> devices_from(const Mappings& mappings) {
  std::vector<BlockDevice> devices;
  for (const auto& mapping : mappings) devices.push_back(device_from(mapping));
  return devices;
}

template <class Options>
void read_metadata_options(LaunchSettings& settings, const std::optional<Options>& options) {
  if (!options) return;
  settings.metadata_http_tokens = unless_empty(options->http_tokens);
  settings.metadata_hop_limit = options->http_put_response_hop_limit;
}

std::vector<std::string> sorted(std::vector<std::string> texts) {
  std::ranges::sort(texts);
  return texts;
}

aws::ec2::LaunchTemplateBlockDeviceMappingRequest mapping_of(const BlockDevice& device) {
  aws::ec2::LaunchTemplateBlockDeviceMappingRequest mapping{.device_name = device.name};
  if (device.virtual_name) {
    mapping.virtual_name = device.virtual_name;
    return mapping;
  }
  aws::ec2::LaunchTemplateEbsBlockDeviceRequest volume{.delete_on_termination = true,
                                                       .snapshot_id = device.snapshot,
                                                       .volume_type = device.volume_type};
  if (device.iops) volume.iops = static_cast<std::int32_t>(*device.iops);
  if (device.size) volume.volume_size = static_cast<std::int32_t>(*device.size);
  mapping.ebs = volume;
  return mapping;
}

}  // namespace

LaunchSettings settings_of(const aws::ec2::ResponseLaunchTemplateData& content) {
  LaunchSettings settings{
      .image = content.image_id.value_or(""),
      .instance_type = content.instance_type.value_or(""),
      .key_pair = unless_empty(content.key_name),
      .ebs_optimized = content.ebs_optimized.value_or(false),
      .detailed_monitoring = content.monitoring && content.monitoring->enabled.value_or(false),
      .security_groups = content.security_group_ids,
      .user_data = decoded(content.user_data),
      .devices = devices_from(content.block_device_mappings)};
  if (content.iam_instance_profile) {
    settings.instance_profile = unless_empty(content.iam_instance_profile->arn);
    if (!settings.instance_profile) {
      settings.instance_profile = unless_empty(content.iam_instance_profile->name);
    }
  }
  if (!content.network_interfaces.empty()) {
    const auto& first = content.network_interfaces.front();
    settings.public_ip = first.associate_public_ip_address.value_or(false);
    settings.security_groups = first.groups;
  }
  settings.security_groups = sorted(std::move(settings.security_groups));
  read_metadata_options(settings, content.metadata_options);
  return settings;
}

LaunchSettings settings_of(const aws::autoscaling::LaunchConfiguration& configuration) {
  LaunchSettings settings{
      .image = configuration.image_id.value_or(""),
      .instance_type = configuration.instance_type.value_or(""),
      .key_pair = unless_empty(configuration.key_name),
      .instance_profile = unless_empty(configuration.iam_instance_profile),
      .ebs_optimized = configuration.ebs_optimized.value_or(false),
      .detailed_monitoring = configuration.instance_monitoring &&
                             configuration.instance_monitoring->enabled.value_or(false),
      .public_ip = configuration.associate_public_ip_address.value_or(false),
      .security_groups = sorted(configuration.security_groups),
      .user_data = decoded(configuration.user_data),
      .devices = devices_from(configuration.block_device_mappings)};
  read_metadata_options(settings, configuration.metadata_options);
  return settings;
}

aws::ec2::RequestLaunchTemplateData content_of(const LaunchSettings& settings) {
  aws::ec2::RequestLaunchTemplateData content{
      .ebs_optimized = settings.ebs_optimized,
      .network_interfaces = {{.associate_public_ip_address = settings.public_ip,
                              .delete_on_termination = true,
                              .device_index = 0,
                              .groups = settings.security_groups}},
      .image_id = settings.image,
      .instance_type = settings.instance_type,
      .key_name = settings.key_pair,
      .monitoring =
          aws::ec2::LaunchTemplatesMonitoringRequest{.enabled = settings.detailed_monitoring},
      .user_data = aws::base64_encode(settings.user_data)};
  if (settings.instance_profile) {
    const bool is_arn = settings.instance_profile->starts_with("arn:");
    content.iam_instance_profile = aws::ec2::LaunchTemplateIamInstanceProfileSpecificationRequest{
        .arn = is_arn ? settings.instance_profile : std::nullopt,
        .name = is_arn ? std::nullopt : settings.instance_profile};
  }
  for (const BlockDevice& device : settings.devices) {
    content.block_device_mappings.push_back(mapping_of(device));
  }
  if (settings.metadata_http_tokens || settings.metadata_hop_limit) {
    content.metadata_options = aws::ec2::LaunchTemplateInstanceMetadataOptionsRequest{
        .http_tokens = settings.metadata_http_tokens,
        .http_put_response_hop_limit = settings.metadata_hop_limit};
  }
  return content;
}

std::vector<LaunchObject> observe_launch_templates(const aws::ec2::Client& ec2,
                                                   const std::string& environment) {
  std::vector<LaunchObject> objects;
  // Without a template's name EC2 describes one version of all of them.
  for (const auto& version : ec2.describe_launch_template_versions_all(
           {.versions = {"$Default"}, .max_results = versions_per_page})) {
    const std::string name = version.launch_template_name.value_or("");
    if (!belongs_to_environment(name, environment) || !version.launch_template_data) continue;
    objects.push_back({.id = version.launch_template_id.value_or(""),
                       .name = name,
                       .version = std::to_string(version.version_number.value_or(1)),
                       .created = version.create_time,
                       .settings = settings_of(*version.launch_template_data)});
  }
  return objects;
}

std::vector<LaunchObject> observe_launch_configurations(const aws::autoscaling::Client& autoscaling,
                                                        const std::string& environment) {
  std::vector<LaunchObject> objects;
  for (const auto& configuration : autoscaling.describe_launch_configurations_all()) {
    const std::string name = configuration.launch_configuration_name.value_or("");
    if (!belongs_to_environment(name, environment)) continue;
    objects.push_back({.kind = LaunchObject::Kind::launch_configuration,
                       .name = name,
                       .created = configuration.created_time,
                       .settings = settings_of(configuration)});
  }
  return objects;
}

const LaunchObject* launch_object_of(const Group& group, const std::vector<LaunchObject>& objects) {
  for (const LaunchObject& object : objects) {
    const bool same =
        object.kind == LaunchObject::Kind::launch_template
            ? !group.launch.template_id.empty() && object.id == group.launch.template_id
            : !group.launch.configuration.empty() && group.launch.template_id.empty() &&
                  object.name == group.launch.configuration;
    if (same) return &object;
  }
  return nullptr;
}

LaunchReference create_launch_template(const aws::ec2::Client& ec2, const std::string& environment,
                                       const std::string& hostclass,
                                       const LaunchSettings& settings) {
  for (int attempt = 1;; ++attempt) {
    const std::string name =
        launch_template_name(environment, hostclass, random_launch_template_number());
    try {
      const auto made = ec2.create_launch_template(
          {.launch_template_name = name,
           .launch_template_data = content_of(settings),
           .tag_specifications = {{.resource_type = "launch-template",
                                   .tags = {{.key = "hostclass", .value = hostclass},
                                            {.key = "environment", .value = environment}}}}});
      return {.template_id =
                  made.launch_template ? made.launch_template->launch_template_id.value_or("") : "",
              .template_name = name,
              .template_version = only_version};
    } catch (const aws::ServiceError& error) {
      if (!error.has_code("InvalidLaunchTemplateName.AlreadyExistsException") ||
          attempt == name_attempts) {
        throw;
      }
      log::debug("Launch template {} exists already; taking another name", name);
    }
  }
}

void delete_launch_object(const aws::ec2::Client& ec2, const aws::autoscaling::Client& autoscaling,
                          const LaunchObject& object) {
  aws::ignoring_absence([&] {
    if (object.kind == LaunchObject::Kind::launch_template) {
      ec2.delete_launch_template({.launch_template_id = object.id});
    } else {
      autoscaling.delete_launch_configuration({.launch_configuration_name = object.name});
    }
  });
}

}  // namespace asiaq::hostclass
