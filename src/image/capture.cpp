#include "image/capture.h"

#include <fmt/format.h>

#include "aws/ec2/client.h"
#include "aws/error.h"
#include "base/interrupt.h"
#include "base/log.h"
#include "base/wait.h"
#include "image/name.h"
#include "image/removal.h"
#include "image/selection.h"

namespace asiaq::image {

namespace {

constexpr int names_to_try = 60;

/// Another bake of the same name may have begun in the same second.
Captured created(const aws::ec2::Client& ec2, const Preparation& preparation,
                 const std::string& instance_id, long long begin) {
  for (int later = 0;; ++later) {
    const std::string name = image_name(preparation.settings.name, begin + later);
    try {
      // From here to the answer a signal must not lose the image's id.
      const interrupt::Shield shield;
      const auto made = ec2.create_image(image_request(preparation, instance_id, name));
      return {.id = made.image_id.value_or(""), .name = name};
    } catch (const aws::ServiceError& error) {
      if (!error.has_code("InvalidAMIName.Duplicate") || later == names_to_try) throw;
    }
  }
}

void remove_half_made(const aws::ec2::Client& ec2, const Captured& image) {
  const interrupt::Shield shield;
  try {
    remove_image(ec2, image.id);
  } catch (const Error& error) {
    log::error("AMI {} is left half-made: {}; remove it with `disco_bake.py deleteami --ami {}`",
               image.id, error.what(), image.id);
  }
}

}  // namespace

aws::ec2::CreateImageRequest image_request(const Preparation& preparation,
                                           const std::string& instance_id,
                                           const std::string& name) {
  aws::ec2::CreateImageRequest request;
  request.instance_id = instance_id;
  request.name = name;
  request.no_reboot = true;
  aws::ec2::TagSpecification tags;
  tags.resource_type = "image";
  for (const auto& [key, value] : image_tags(preparation)) {
    tags.tags.push_back({.key = key, .value = value});
  }
  request.tag_specifications = {tags};
  return request;
}

Captured capture(const aws::ec2::Client& ec2, const Preparation& preparation,
                 const std::string& instance_id, long long begin) {
  Captured image = created(ec2, preparation, instance_id, begin);
  try {
    // The limit is the user's, whatever the scale of other waits.
    ec2.wait_until_image_available(
        {.image_ids = {image.id}},
        {.what = fmt::format("AMI {} ({}) to be available", image.id, image.name),
         .limit = preparation.settings.image_wait / wait_scale()});
  } catch (const TimeoutError& error) {
    throw with_hint(error, fmt::format("the AMI is kept: use it once it is available, or remove it "
                                       "with `disco_bake.py deleteami --ami {}`",
                                       image.id));
  } catch (const aws::WaitError& error) {
    remove_half_made(ec2, image);
    throw ImageError("the AMI cannot be made: " + error.reason());
  } catch (...) {
    remove_half_made(ec2, image);
    throw;
  }
  return image;
}

}  // namespace asiaq::image
