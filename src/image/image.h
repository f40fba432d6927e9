// A machine image (AMI) with what this program reads from it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

namespace asiaq::aws::ec2 {
struct Image;
}

namespace asiaq::image {

/// Tags that say where an image comes from and how far it got.
namespace tag {
inline constexpr const char* stage = "stage";
inline constexpr const char* product_line = "productline";
inline constexpr const char* hostclass = "hostclass";
inline constexpr const char* source_ami = "source_ami";
inline constexpr const char* baker = "baker";
inline constexpr const char* version = "version-asiaq";
inline constexpr const char* is_private = "is_private";
inline constexpr const char* shared_with = "shared_with_account_ids";
}  // namespace tag

struct Image {
  std::string id;
  std::string name;
  std::string state;  ///< In AWS's words: "available", "pending", "failed" ...
  std::string architecture;
  std::string root_device_name;
  std::optional<int> root_size;  ///< GB.
  std::optional<std::string> state_reason;
  std::optional<WallTime> aws_creation_time;  ///< What AWS says, for names without a timestamp.
  std::map<std::string, std::string> tags;
  std::vector<std::string> device_names;
  std::vector<std::string> snapshot_ids;  ///< Of all its devices.

  /// Value of a tag; nothing if absent.
  std::optional<std::string> tag_value(const std::string& key) const;
  std::optional<std::string> stage() const { return tag_value(tag::stage); }
};

/// The timestamp in the name, else what AWS says.
std::optional<WallTime> creation_time(const Image& image);

Image from_aws(const aws::ec2::Image& image);

}  // namespace asiaq::image
