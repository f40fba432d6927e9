#include "image/image.h"

#include "aws/ec2/types.h"
#include "aws/time_text.h"
#include "image/name.h"

namespace asiaq::image {

std::optional<std::string> Image::tag_value(const std::string& key) const {
  const auto found = tags.find(key);
  if (found == tags.end()) return std::nullopt;
  return found->second;
}

std::optional<WallTime> creation_time(const Image& image) {
  if (const long long seconds = timestamp_of(image.name)) return from_unix_seconds(seconds);
  return image.aws_creation_time;
}

Image from_aws(const aws::ec2::Image& image) {
  Image made;
  made.id = image.image_id.value_or("");
  made.name = image.name.value_or("");
  made.state = image.state.value_or("");
  made.architecture = image.architecture.value_or("");
  made.root_device_name = image.root_device_name.value_or("");
  if (image.state_reason) made.state_reason = image.state_reason->message;
  if (image.creation_date) made.aws_creation_time = aws::parse_time(*image.creation_date);
  for (const auto& tag : image.tags) made.tags[tag.key.value_or("")] = tag.value.value_or("");
  for (const auto& device : image.block_device_mappings) {
    if (device.device_name) made.device_names.push_back(*device.device_name);
    if (device.ebs && device.device_name == image.root_device_name) {
      made.root_size = device.ebs->volume_size;
    }
    if (device.ebs && device.ebs->snapshot_id) {
      made.snapshot_ids.push_back(*device.ebs->snapshot_id);
    }
  }
  return made;
}

}  // namespace asiaq::image
