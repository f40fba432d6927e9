// Listing images: filters and order.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "image/image.h"

namespace asiaq::aws::ec2 {
class Client;
}

namespace asiaq::image {

/// All that are set must match, exactly and in the same case.
struct ListFilter {
  std::optional<std::string> id;
  std::optional<std::string> instance;  ///< The image that this instance was launched from.
  std::vector<std::string> stages;      ///< Any of them.
  std::optional<std::string> product_line;
  std::optional<std::string> state;
  std::optional<std::string> hostclass;
};

/// Those that match, oldest first. `instance` must have been turned into an id. Pure.
std::vector<Image> listed(std::vector<Image> images, const ListFilter& filter);

/// Of own and trusted accounts' images. One paginated Describe, and one more for `instance`.
/// Throws ImageError if that instance does not exist.
std::vector<Image> list_images(const aws::ec2::Client& ec2,
                               const std::vector<std::string>& trusted_accounts, ListFilter filter);

}  // namespace asiaq::image
