#include "image/removal.h"

#include <fmt/format.h>

#include "aws/ec2/client.h"
#include "aws/error.h"
#include "image/selection.h"

namespace asiaq::image {

namespace {

void delete_snapshot(const aws::ec2::Client& ec2, const std::string& id) {
  try {
    ec2.delete_snapshot({.snapshot_id = id});
  } catch (const aws::ServiceError& error) {
    // Deregistering can take the snapshots along; one that is shared with another image stays.
    if (!error.is_not_found() && !error.has_code("InvalidSnapshot.InUse")) throw;
  }
}

Image existing_image(const aws::ec2::Client& ec2, const std::string& id) {
  const std::vector<Image> found = observe_images_by_id(ec2, {id});
  if (found.empty()) throw ImageError(fmt::format("there is no AMI {}", id));
  return found.front();
}

}  // namespace

void add_removal(plan::Plan& plan, const aws::ec2::Client& ec2, const Image& image) {
  const plan::ChangeId deregistered =
      plan.add({.verb = plan::Verb::remove,
                .resource = {"AMI", image.name, image.id},
                .carry_out = [&ec2, id = image.id] { ec2.deregister_image({.image_id = id}); }});
  for (const std::string& snapshot : image.snapshot_ids) {
    plan.add({.verb = plan::Verb::remove,
              .resource = {"snapshot", image.name, snapshot},
              .carry_out = [&ec2, snapshot] { delete_snapshot(ec2, snapshot); },
              .after = {deregistered}});
  }
}

plan::Plan plan_removal(const aws::ec2::Client& ec2, const std::string& id) {
  plan::Plan plan;
  add_removal(plan, ec2, existing_image(ec2, id));
  return plan;
}

void remove_image(const aws::ec2::Client& ec2, const std::string& id) {
  const Image image = existing_image(ec2, id);
  ec2.deregister_image({.image_id = id});
  for (const std::string& snapshot : image.snapshot_ids) delete_snapshot(ec2, snapshot);
}

}  // namespace asiaq::image
