// What a hostclass should be in an environment, from configuration, pipeline row and image. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hostclass/environment_facts.h"
#include "hostclass/group.h"
#include "hostclass/hostclass_options.h"
#include "hostclass/launch_settings.h"
#include "network/floating_interface.h"

namespace asiaq::config {
class ConfigFolder;
}

namespace asiaq::hostclass {

/// A testing group's hosts take no static addresses, elastic IPs or traffic.
enum class Purpose { live, testing };

struct DesiredHostclass {
  HostclassOptions options;
  LaunchSettings settings;
  WantedGroup group;
  std::vector<network::FloatingInterface> floating_interfaces;
  /// By recurrence; nothing: the group keeps its schedule, because no size was given.
  std::optional<std::map<std::string, GivenSizes>> schedule;
  /// Of a snapshot that is not complete yet and is to be waited for.
  std::optional<std::string> pending_snapshot;
};

/// `current`: what the hostclass's group launches with now, if there is one. Throws ConfigError,
/// network::VpcEnvironmentError (unknown metanetwork) or network::IpRangeError.
DesiredHostclass desired_hostclass(const RowWithImage& row, const EnvironmentFacts& facts,
                                   const LaunchSettings* current,
                                   const config::ConfigFolder& folder, Purpose purpose);

/// Sizes of a new or updated group: the smallest of min_size, the largest of the others.
GivenSizes initial_sizes(const config::PipelineRow& row);

/// The sizes to be set by the clock, by recurrence.
std::map<std::string, GivenSizes> sizes_by_recurrence(const config::PipelineRow& row);

}  // namespace asiaq::hostclass
