// What a bake is about: the command's options and the configuration, checked before any call.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "config/config_folder.h"
#include "image/builder_host.h"

namespace asiaq::image {

/// The command line of a bake.
struct BakeOptions {
  std::optional<std::string> hostclass;  ///< None: the base image named by phase1_ami_name.
  std::optional<std::string> stage;      ///< None: the first of ami_stages.
  std::optional<std::string> source_ami;
  std::map<std::string, std::string> extra_tags;
  enum class Address { public_address, private_address } address = Address::public_address;
  /// What happens to the builder of a bake that fails.
  enum class OnFailure { terminate, keep } on_failure = OnFailure::terminate;
  /// `stop_after_scripts` leaves the builder running and makes no image.
  enum class Outcome { image, stop_after_scripts } outcome = Outcome::image;
  enum class Visibility { shared, private_image } visibility = Visibility::shared;
};

/// Option names are those of the configuration.
struct BakeSettings {
  int phase = 2;
  std::string name;         ///< What is baked: hostclass or base image; first word of its name.
  std::string hostclass;    ///< Under which the scripts run: in phase 1 `phase1_hostclass`.
  std::string stage;        ///< Of the new image.
  std::string base_name;    ///< Phase 2: `phase1_ami_name`.
  std::string source;       ///< Image id or `resolve:ssm:/path`; empty: newest of `base_name`.
  std::string environment;  ///< `bakery_environment`
  std::string instance_type;
  std::string key_name;
  std::string project;
  std::string repo_hostclass;  ///< Empty: no package repository is looked for.
  bool needs_repo = true;      ///< Not among `no_repo_hostclasses`.
  std::filesystem::path data_source;
  std::filesystem::path payload;
  std::string data_destination;
  std::vector<std::string> stages;
  std::vector<std::string> trusted_accounts;
  std::optional<std::string> product_line;
  std::optional<std::string> bake_user;
  std::optional<std::string> instance_profile;
  std::optional<std::string> volume_type;
  bool enhanced_networking = false;
  bool metadata_tokens_required = false;
  CleanUp::RootLogin root_login = CleanUp::RootLogin::refused;
  Seconds image_wait{600};

  std::string script() const;  ///< On the builder.
};

/// `[bake] ami_stages`, in order; the first is that of new images, the last the final one. Throws
/// ConfigError if it is empty.
std::vector<std::string> stages(const config::ConfigFolder& folder);

/// `[bake] trusted_account_ids`: owners of images besides this account.
std::vector<std::string> trusted_accounts(const config::ConfigFolder& folder);

/// Throws ImageError naming the stage and the option if it is none of `[bake] ami_stages`.
void check_stage(const config::ConfigFolder& folder, const std::string& stage);

/// Everything a bake needs. Throws ConfigError naming section and option of what is missing,
/// Error of kind "WrongPath" if there is no discoroot in the folder to be copied. No calls.
BakeSettings bake_settings(const config::ConfigFolder& folder, const BakeOptions& options);

}  // namespace asiaq::image
