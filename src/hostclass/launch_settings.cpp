#include "hostclass/launch_settings.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "base/text.h"

namespace asiaq::hostclass {

namespace {

std::string shown(const std::string& text) { return text.empty() ? "none" : text; }
std::string shown(const std::optional<std::string>& text) { return text.value_or("none"); }
std::string shown(const std::optional<int>& number) {
  return number ? std::to_string(*number) : "as AWS decides";
}
std::string shown(bool yes) { return yes ? "yes" : "no"; }

std::string shown(const BlockDevice& device) {
  std::string text = device.name;
  if (device.virtual_name) text += " " + *device.virtual_name;
  if (device.snapshot) text += " " + *device.snapshot;
  if (device.size) text += fmt::format(" {} GB", *device.size);
  if (device.volume_type) text += " " + *device.volume_type;
  if (device.iops) text += fmt::format(" {} IOPS", *device.iops);
  return text;
}

std::string shown(const std::vector<BlockDevice>& devices) {
  std::vector<std::string> parts;
  for (const BlockDevice& device : devices) parts.push_back(shown(device));
  return join(parts, ", ");
}

std::string tokens_shown(const std::optional<std::string>& tokens) {
  return tokens.value_or("as AWS decides");
}

std::map<std::string, std::string> by_key(const std::string& user_data) {
  std::map<std::string, std::string> values;
  for (const std::string& line : split(user_data, '\n')) {
    const std::size_t equals = line.find('=');
    values[line.substr(0, equals)] = equals == std::string::npos ? "" : line.substr(equals + 1);
  }
  return values;
}

/// Collects the settings that differ.
class Comparison {
 public:
  template <class Value>
  void compare(std::string_view setting, const Value& current, const Value& wanted) {
    if (current != wanted) note(setting, shown(current), shown(wanted));
  }

  void note(std::string_view setting, const std::string& current, const std::string& wanted) {
    lines_.push_back(fmt::format("{}: {} -> {}", setting, current, wanted));
  }

  void compare_user_data(const std::string& current, const std::string& wanted) {
    if (current == wanted) return;
    const auto before = by_key(current);
    const auto after = by_key(wanted);
    std::set<std::string> keys;
    for (const auto& [key, value] : before) {
      if (!after.contains(key) || after.at(key) != value) keys.insert(key);
    }
    for (const auto& [key, value] : after) {
      if (!before.contains(key)) keys.insert(key);
    }
    if (keys.empty()) keys.insert("order of lines");
    lines_.push_back(fmt::format("user data: {}", fmt::join(keys, ", ")));
  }

  std::vector<std::string> take() && { return std::move(lines_); }

 private:
  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> differences(const LaunchSettings& current, const LaunchSettings& wanted) {
  Comparison comparison;
  comparison.compare("image", current.image, wanted.image);
  comparison.compare("instance type", current.instance_type, wanted.instance_type);
  comparison.compare("key pair", current.key_pair, wanted.key_pair);
  comparison.compare("instance profile", current.instance_profile, wanted.instance_profile);
  comparison.compare("EBS optimized", current.ebs_optimized, wanted.ebs_optimized);
  comparison.compare("detailed monitoring", current.detailed_monitoring,
                     wanted.detailed_monitoring);
  comparison.compare("public IP", current.public_ip, wanted.public_ip);
  if (current.security_groups != wanted.security_groups) {
    comparison.note("security groups", join(current.security_groups, " "),
                    join(wanted.security_groups, " "));
  }
  comparison.compare("disks", current.devices, wanted.devices);
  if (current.metadata_http_tokens != wanted.metadata_http_tokens) {
    comparison.note("metadata tokens", tokens_shown(current.metadata_http_tokens),
                    tokens_shown(wanted.metadata_http_tokens));
  }
  comparison.compare("metadata hop limit", current.metadata_hop_limit, wanted.metadata_hop_limit);
  comparison.compare_user_data(current.user_data, wanted.user_data);
  return std::move(comparison).take();
}

std::vector<std::string> description(const LaunchSettings& settings) {
  return {fmt::format("image: {}", settings.image),
          fmt::format("instance type: {}", settings.instance_type),
          fmt::format("key pair: {}", shown(settings.key_pair)),
          fmt::format("instance profile: {}", shown(settings.instance_profile)),
          fmt::format("public IP: {}", shown(settings.public_ip)),
          fmt::format("security groups: {}", join(settings.security_groups, " ")),
          fmt::format("disks: {}", shown(settings.devices))};
}

}  // namespace asiaq::hostclass
