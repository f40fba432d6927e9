// Launch settings: everything a new host of a hostclass is started with.
//
// One value type for what a launch template holds, what a launch configuration of former times
// holds, and what is wanted; two are compared by content.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hostclass/block_devices.h"

namespace asiaq::hostclass {

struct LaunchSettings {
  std::string image;
  std::string instance_type;
  std::optional<std::string> key_pair;
  std::optional<std::string> instance_profile;  ///< Name or ARN.
  bool ebs_optimized = false;
  bool detailed_monitoring = false;
  bool public_ip = false;
  std::vector<std::string> security_groups;  ///< Ids, sorted.
  std::string user_data;                     ///< Plain text.
  std::vector<BlockDevice> devices;
  std::optional<std::string> metadata_http_tokens;  ///< Unset: AWS decides.
  std::optional<int> metadata_hop_limit;

  bool operator==(const LaunchSettings&) const = default;
};

/// One line per setting that differs ("image: ami-1 -> ami-2"; of user data only the keys that
/// differ); empty if the contents are equal.
std::vector<std::string> differences(const LaunchSettings& current, const LaunchSettings& wanted);

/// One line per setting, for a new launch template.
std::vector<std::string> description(const LaunchSettings& settings);

}  // namespace asiaq::hostclass
