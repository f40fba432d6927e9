#include "network/tags.h"

namespace asiaq::network {

std::string tag_value(const aws::List<aws::ec2::Tag>& tags, std::string_view key) {
  for (const aws::ec2::Tag& tag : tags) {
    if (tag.key == key) return tag.value.value_or("");
  }
  return {};
}

TagMap as_map(const aws::List<aws::ec2::Tag>& tags) {
  TagMap result;
  for (const aws::ec2::Tag& tag : tags) {
    result[tag.key.value_or("")] = tag.value.value_or("");
  }
  return result;
}

aws::List<aws::ec2::TagSpecification> tagged(std::string_view resource_type, const TagMap& tags) {
  aws::ec2::TagSpecification specification{.resource_type = std::string(resource_type)};
  for (const auto& [key, value] : tags) specification.tags.push_back({.key = key, .value = value});
  return {specification};
}

}  // namespace asiaq::network
