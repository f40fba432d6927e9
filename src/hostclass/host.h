// A host: an instance of an environment as EC2 describes it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

namespace asiaq::hostclass {

constexpr const char* launch_template_tag = "aws:ec2launchtemplate:id";

struct Host {
  std::string id;
  std::string image;
  std::string instance_type;
  std::string state;  ///< pending, running, shutting-down, terminated, stopping or stopped.
  std::string zone;
  std::optional<std::string> public_ip;
  std::vector<std::string> private_ips;       ///< One per interface, by device index.
  std::optional<std::string> security_group;  ///< Name of the first.
  std::optional<WallTime> launched;
  std::map<std::string, std::string> tags;

  /// The tag's value; nothing if it is not there or empty.
  std::optional<std::string> tag(const std::string& key) const;

  /// The id of the launch template that it was made from, as EC2 says in this tag.
  std::optional<std::string> launch_template() const { return tag(launch_template_tag); }

  /// The second interface's address where there are two or more (normally the static one), else
  /// the first's.
  std::optional<std::string> preferred_private_ip() const;

  bool is_terminated() const { return state == "terminated"; }
  /// Gone, or on its way there.
  bool is_going() const { return is_terminated() || state == "shutting-down"; }
  bool is_up() const { return state == "pending" || state == "running"; }
  bool is_smoke_tested() const { return tag("smoketest").has_value(); }
};

}  // namespace asiaq::hostclass
