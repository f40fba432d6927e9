// Moving an image to another stage, and letting production accounts launch it.
#pragma once

#include <string>
#include <vector>

#include "config/config_folder.h"
#include "image/image.h"
#include "plan/plan.h"

namespace asiaq::aws::ec2 {
class Client;
}

namespace asiaq::image {

/// Of section [bake]: `prod_account_ids` and `prod_baker`.
struct ProductionSettings {
  std::vector<std::string> accounts;
  std::string baker;  ///< Whose images of the final stage are shared; empty: nobody's.
};
ProductionSettings production_settings(const config::ConfigFolder& folder);

/// `by_rule` shares what its stage and baker make fit for it; `always` whatever it is.
enum class Sharing { by_rule, always };

/// Whether promoting the image to `stage` also shares it. Pure.
bool is_shared(const Image& image, const std::string& stage, const std::string& final_stage,
               const ProductionSettings& production, Sharing sharing);

/// Sets the stage tag and shares where that is due; nothing that is so already. Throws ImageError
/// for an unknown image or stage. `ec2` must outlive the plan.
plan::Plan plan_promotion(const aws::ec2::Client& ec2, const config::ConfigFolder& folder,
                          const std::string& id, const std::string& stage, Sharing sharing);

/// Lets the accounts launch the newest image of the hostclass in the final stage. Throws ImageError
/// if there is none, ConfigError if there are no accounts.
plan::Plan plan_hostclass_promotion(const aws::ec2::Client& ec2, const config::ConfigFolder& folder,
                                    const std::string& hostclass);

/// True if every one of the accounts may launch the image; false for no accounts, and for an image
/// whose permissions this account may not see. One Describe for accounts that are not empty.
bool is_in_production(const aws::ec2::Client& ec2, const std::string& image_id,
                      const std::vector<std::string>& accounts);

}  // namespace asiaq::image
