#pragma once

#include <optional>
#include <string>

#include "aws/config/shared_files.h"

namespace asiaq::aws::config {

/// The region of users who came with a configuration for the old boto library: `ec2_region_name` in
/// a section [Boto] of the file that BOTO_CONFIG names, of ~/.boto, or of the AWS config file.
/// Files that cannot be read as AWS's tools would are passed over: they are not ours.
std::optional<std::string> boto_region(const Environment& environment, const SharedFiles& files);

}  // namespace asiaq::aws::config
