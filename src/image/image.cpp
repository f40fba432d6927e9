#include "image/image.h"

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

}  // namespace asiaq::image
