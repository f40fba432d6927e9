// Making an image of a stopped builder.
#pragma once

#include <string>

#include "image/preparation.h"

namespace asiaq::aws::ec2 {
class Client;
struct CreateImageRequest;
}  // namespace asiaq::aws::ec2

namespace asiaq::image {

/// With all tags, so that no image can ever be found without its stage. The snapshots get none:
/// one tagged with a hostclass would be taken for its data.
aws::ec2::CreateImageRequest image_request(const Preparation& preparation,
                                           const std::string& instance_id, const std::string& name);

struct Captured {
  std::string id;
  std::string name;
};

/// Makes the image, named after the time at which the bake began (the next free second if that
/// name is taken), and waits until it is available. An image that fails, or that an interruption
/// leaves half-made, is removed; one that is pending beyond `image_wait` is kept and named. Throws
/// ImageError, TimeoutError, aws::ServiceError.
Captured capture(const aws::ec2::Client& ec2, const Preparation& preparation,
                 const std::string& instance_id, long long begin);

}  // namespace asiaq::image
