// Removing images with their snapshots.
#pragma once

#include <string>
#include <vector>

#include "image/image.h"
#include "plan/plan.h"

namespace asiaq::aws::ec2 {
class Client;
}

namespace asiaq::image {

/// Deregister the image, then delete its snapshots. Throws ImageError if there is no such image.
/// One Describe.
plan::Plan plan_removal(const aws::ec2::Client& ec2, const std::string& id);

/// Adds the same for an image already looked up. `ec2` must outlive the plan.
void add_removal(plan::Plan& plan, const aws::ec2::Client& ec2, const Image& image);

/// At once, without a plan; for images that a failed bake leaves.
void remove_image(const aws::ec2::Client& ec2, const std::string& id);

}  // namespace asiaq::image
