// What a bake finds before it launches anything.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "image/bake_settings.h"
#include "image/image.h"

namespace asiaq::aws {
class Session;
}

namespace asiaq::image {

struct Preparation {
  BakeSettings settings;
  BakeOptions options;
  Image source;
  std::string root_device;  ///< Of the builder.
  std::string vpc_id;
  std::vector<std::string> subnet_ids;  ///< To be tried in this order.
  std::string group_id;
  std::vector<std::string> credential_buckets;  ///< Where the builder's key may lie.
  std::string repo_address;                     ///< Private; empty without a repository.
  std::string baker;
  std::string version;  ///< `<branch>-<commit>` of the configuration, or "unknown".
  std::string bake_id;  ///< 32 hexadecimal digits: client token, third argument of the script.

  std::string builder_hostclass() const { return "bake_" + settings.hostclass; }
};

/// Looks up everything; changes nothing. Throws ConfigError, ImageError, and Errors naming what of
/// the bakery environment is missing.
Preparation prepare(aws::Session& session, const config::ConfigFolder& folder,
                    const BakeOptions& options);

/// Tags of the new image: the bake's own, and those of the command line that do not collide with
/// them. Throws UsageError if there are more than AWS allows.
std::map<std::string, std::string> image_tags(const Preparation& preparation);

/// Local login name: LOGNAME, USER, LNAME or USERNAME, else that of the account.
std::string login_name();

/// `<branch>-<short commit>` of the git checkout that holds the folder; "unknown" without one.
std::string version_of(const std::filesystem::path& folder);

/// `/dev/sda` if the image maps that name, else its root device.
std::string root_device_of(const Image& image);

}  // namespace asiaq::image
