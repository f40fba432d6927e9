#include "hostclass/environment_facts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/parallel.h"
#include "hostclass/host_calls.h"
#include "hostclass/hostclass_options.h"
#include "image/name.h"
#include "image/selection.h"
#include "network/floating_interface.h"

namespace asiaq::hostclass {

namespace {

image::Wanted wanted_image(const config::PipelineRow& row, const std::string& stage) {
  image::Wanted wanted{.id = row.ami};
  if (!row.hostclass.empty()) wanted.hostclass = row.hostclass;
  if (!stage.empty()) wanted.stages = {stage};
  return wanted;
}

/// The one hostclass that all rows are about; nothing if there are several or images by id.
std::optional<std::string> only_hostclass(const std::vector<config::PipelineRow>& rows) {
  for (const auto& row : rows) {
    if (row.ami || row.hostclass != rows.front().hostclass) return std::nullopt;
  }
  return rows.front().hostclass;
}

bool uses_static_address(const std::vector<RowWithImage>& rows, const config::ConfigFolder& folder,
                         const std::string& environment) {
  return std::ranges::any_of(rows, [&](const RowWithImage& each) {
    return !static_addresses_of(folder, each.row.hostclass, environment).empty();
  });
}

/// The group and launch settings of a hostclass as they are; nothing where there are several groups
/// (an error that planning reports).
const Group* current_group(const EnvironmentFacts& facts, const std::string& hostclass) {
  for (const Group& group : facts.groups) {
    if (!groups_of({group}, facts.vpc.name, hostclass).empty()) return &group;
  }
  return nullptr;
}

const LaunchSettings* current_settings(const EnvironmentFacts& facts,
                                       const std::string& hostclass) {
  const Group* group = current_group(facts, hostclass);
  const LaunchObject* object =
      group != nullptr ? launch_object_of(*group, facts.launch_objects) : nullptr;
  return object != nullptr ? &object->settings : nullptr;
}

void observe_launch_configurations_in_use(EnvironmentFacts& facts, const Clients& clients) {
  const bool any = std::ranges::any_of(
      facts.groups, [](const Group& group) { return !group.launch.configuration.empty(); });
  if (!any) return;
  for (LaunchObject& object : observe_launch_configurations(clients.autoscaling, facts.vpc.name)) {
    facts.launch_objects.push_back(std::move(object));
  }
}

void read_root_size(EnvironmentFacts& facts, const image::Image& image) {
  if (image.root_size) facts.root_sizes[image.id] = *image.root_size;
}

/// Images in use may be none of those that were to choose from.
std::vector<std::string> images_in_use_not_seen(const EnvironmentFacts& facts,
                                                const ChosenImages& chosen) {
  std::set<std::string> ids;
  for (const RowWithImage& each : chosen.rows) {
    const LaunchSettings* current = current_settings(facts, each.row.hostclass);
    if (current == nullptr ||
        std::ranges::find(chosen.seen, current->image, &image::Image::id) != chosen.seen.end()) {
      continue;
    }
    ids.insert(current->image);
  }
  return {ids.begin(), ids.end()};
}

std::vector<std::string> members_to_test(const EnvironmentFacts& facts,
                                         const std::vector<RowWithImage>& rows) {
  std::vector<std::string> ids;
  for (const RowWithImage& each : rows) {
    const Group* group = each.row.smoke_test ? current_group(facts, each.row.hostclass) : nullptr;
    if (group == nullptr) continue;
    for (const Member& member : group->members) ids.push_back(member.id);
  }
  return ids;
}

}  // namespace

ChosenImages choose_images(const aws::ec2::Client& ec2,
                           const std::vector<config::PipelineRow>& rows,
                           const std::vector<std::string>& trusted_accounts,
                           const std::string& stage) {
  ChosenImages result;
  if (rows.empty()) return result;
  if (rows.size() == 1 && rows.front().ami) {
    result.seen = {image::find_image(ec2, trusted_accounts, {.id = rows.front().ami})};
  } else {
    result.seen = image::observe_images(ec2, trusted_accounts, only_hostclass(rows));
  }
  std::vector<std::string> missing;
  for (const config::PipelineRow& row : rows) {
    const image::Wanted wanted = wanted_image(row, stage);
    auto image = image::newest(result.seen, wanted);
    if (!image) {
      std::string text = image::description(wanted);
      if (row.ami && !row.hostclass.empty()) text += fmt::format(" (hostclass {})", row.hostclass);
      missing.push_back(std::move(text));
      continue;
    }
    result.rows.push_back({.row = row, .image = std::move(*image)});
    result.rows.back().row.hostclass = image::hostclass_of(result.rows.back().image.name);
  }
  if (!missing.empty()) {
    image::ImageError error(fmt::format("could not locate an AMI for {}; nothing was provisioned",
                                        fmt::join(missing, ", ")));
    error.set_hint("`disco_bake.py listamis` shows what there is");
    throw error;
  }
  return result;
}

EnvironmentFacts observe_environment(const Clients& clients, const network::Vpc& vpc,
                                     const std::string& region, const ChosenImages& chosen,
                                     const config::ConfigFolder& folder) {
  const std::vector<RowWithImage>& rows = chosen.rows;
  EnvironmentFacts facts{.vpc = vpc, .region = region};
  for (const image::Image& image : chosen.seen) read_root_size(facts, image);
  std::set<std::string> hostclasses;
  for (const RowWithImage& each : rows) hostclasses.insert(each.row.hostclass);
  in_parallel({
      [&] { facts.metanetworks = network::observe_metanetworks(clients.ec2, vpc); },
      [&] {
        if (uses_static_address(rows, folder, vpc.name)) {
          facts.interfaces = network::observe_interfaces(clients.ec2, vpc.id);
        }
      },
      [&] { facts.groups = observe_groups(clients.autoscaling, vpc.name); },
      [&] { facts.launch_objects = observe_launch_templates(clients.ec2, vpc.name); },
      [&] { facts.schedules = observe_schedules(clients.autoscaling, vpc.name); },
      [&] {
        facts.snapshots = observe_snapshots(clients.ec2, {hostclasses.begin(), hostclasses.end()});
      },
  });
  observe_launch_configurations_in_use(facts, clients);
  std::set<std::string> types;
  for (const RowWithImage& each : rows) {
    types.insert(
        instance_type_for(each.row, current_settings(facts, each.row.hostclass), folder, vpc.name));
  }
  in_parallel({
      [&] { facts.instance_types = observe_instance_types(clients.ec2, types); },
      [&] {
        for (const image::Image& image :
             image::observe_images_by_id(clients.ec2, images_in_use_not_seen(facts, chosen))) {
          read_root_size(facts, image);
        }
      },
      [&] { facts.members = observe_known_hosts(clients.ec2, members_to_test(facts, rows)); },
  });
  return facts;
}

std::string instance_type_for(const config::PipelineRow& row, const LaunchSettings* current,
                              const config::ConfigFolder& folder, const std::string& environment) {
  if (row.instance_type) return *row.instance_type;
  if (current != nullptr && !current->instance_type.empty()) return current->instance_type;
  return read_hostclass_options(folder, row.hostclass, environment).default_instance_type;
}

}  // namespace asiaq::hostclass
