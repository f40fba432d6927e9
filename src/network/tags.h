// Tags as EC2 takes and gives them.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "aws/ec2/types.h"

namespace asiaq::network {

using TagMap = std::map<std::string, std::string>;

/// The value of a tag; empty if there is none.
std::string tag_value(const aws::List<aws::ec2::Tag>& tags, std::string_view key);

TagMap as_map(const aws::List<aws::ec2::Tag>& tags);

/// For the `tag_specifications` of a creating call. `resource_type` as in EC2's API: "vpc",
/// "route-table".
aws::List<aws::ec2::TagSpecification> tagged(std::string_view resource_type, const TagMap& tags);

}  // namespace asiaq::network
