// Which image serves a hostclass.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "image/image.h"

namespace asiaq::aws::ec2 {
class Client;
}

namespace asiaq::image {

/// No image as wanted, an unknown image, an unknown stage. Kind: "AMI".
class ImageError : public Error {
 public:
  explicit ImageError(std::string reason);
};

/// What is looked for.
struct Wanted {
  std::optional<std::string> id;         ///< Then this image, whatever the rest says.
  std::optional<std::string> hostclass;  ///< Needed if there is no id.
  /// In order of preference: the newest image of the first stage that has one. Empty: any stage,
  /// images without a stage included.
  std::vector<std::string> stages;
  std::optional<std::string> product_line;
  /// Images tagged is_private=True are of use to their baker only.
  enum class Private { skipped, included } private_images = Private::skipped;
};

/// "id ami-1" or "hostclass mhcfoo in stage tested", for messages.
std::string description(const Wanted& wanted);

/// An image in this state can be, or become, fit for launching.
bool is_usable_state(const std::string& state);

/// The newest (by the timestamp in its name) of the images that fit; nothing if none does. Throws
/// ImageError if `wanted` has neither id nor hostclass. Pure.
std::optional<Image> newest(const std::vector<Image>& images, const Wanted& wanted);

/// The base of a phase-2 bake: the newest image of that name in the last of `stages`; only if no
/// image of that name has reached it, the newest of the first stage, with a warning that holds the
/// promote command to be run. Throws ImageError naming image and stage if there is neither. Pure.
struct Base {
  Image image;
  std::optional<std::string> warning;
};
Base base_for_bake(const std::vector<Image>& images, const std::string& base_name,
                   const std::vector<std::string>& stages);

/// Images of this account and of `trusted_accounts` that are named `<hostclass> *`, of all states
/// and stages; of all names if no hostclass is given. One paginated Describe.
std::vector<Image> observe_images(const aws::ec2::Client& ec2,
                                  const std::vector<std::string>& trusted_accounts,
                                  const std::optional<std::string>& hostclass = std::nullopt);

/// The images of these ids that exist, whoever owns them; unknown ids are left out. One paginated
/// Describe; none for no ids.
std::vector<Image> observe_images_by_id(const aws::ec2::Client& ec2,
                                        const std::vector<std::string>& ids);

/// One Describe and newest(). Throws ImageError if nothing fits; an image by id must belong to this
/// account or a trusted one.
Image find_image(const aws::ec2::Client& ec2, const std::vector<std::string>& trusted_accounts,
                 const Wanted& wanted);

}  // namespace asiaq::image
