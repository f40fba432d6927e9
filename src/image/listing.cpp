#include "image/listing.h"

#include <fmt/format.h>

#include <algorithm>

#include "aws/ec2/client.h"
#include "aws/error.h"
#include "image/name.h"
#include "image/selection.h"

namespace asiaq::image {

namespace {

bool matches(const Image& image, const ListFilter& filter) {
  if (filter.id && image.id != *filter.id) return false;
  if (filter.state && image.state != *filter.state) return false;
  if (filter.hostclass && hostclass_of(image.name) != *filter.hostclass) return false;
  if (filter.product_line && image.tag_value(tag::product_line) != filter.product_line) {
    return false;
  }
  if (filter.stages.empty()) return true;
  const auto stage = image.stage();
  return stage &&
         std::find(filter.stages.begin(), filter.stages.end(), *stage) != filter.stages.end();
}

std::string image_of_instance(const aws::ec2::Client& ec2, const std::string& instance_id) {
  try {
    for (const auto& reservation :
         ec2.describe_instances({.instance_ids = {instance_id}}).reservations) {
      for (const auto& instance : reservation.instances) return instance.image_id.value_or("");
    }
  } catch (const aws::ServiceError& error) {
    if (!error.is_not_found()) throw;
  }
  throw ImageError(fmt::format("there is no instance {}", instance_id));
}

}  // namespace

std::vector<Image> listed(std::vector<Image> images, const ListFilter& filter) {
  std::erase_if(images, [&](const Image& image) { return !matches(image, filter); });
  std::sort(images.begin(), images.end(), [](const Image& one, const Image& other) {
    return std::pair(creation_time(one), one.id) < std::pair(creation_time(other), other.id);
  });
  return images;
}

std::vector<Image> list_images(const aws::ec2::Client& ec2,
                               const std::vector<std::string>& trusted_accounts,
                               ListFilter filter) {
  if (filter.instance) {
    const std::string id = image_of_instance(ec2, *filter.instance);
    if (filter.id && *filter.id != id) return {};
    filter.id = id;
  }
  return listed(observe_images(ec2, trusted_accounts, filter.hostclass), filter);
}

}  // namespace asiaq::image
