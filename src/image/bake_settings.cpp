#include "image/bake_settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "image/payload.h"
#include "image/selection.h"

namespace asiaq::image {

namespace {

constexpr std::string_view bake_section = "bake";

/// Look-ups of one bake: everything can be written for the bakery environment alone.
struct LookUp {
  const config::ConfigFolder& folder;
  std::string environment;

  config::OptionValue of(std::string_view section, std::string_view option) const {
    return folder.bake_option(section, option, environment);
  }
  config::OptionValue of_bake(std::string_view option) const { return of(bake_section, option); }
  std::optional<std::string> text(std::string_view section, std::string_view option) const {
    auto value = of(section, option).optional();
    if (value && value->empty()) value.reset();
    return value;
  }
};

int phase_of(const LookUp& look_up, const std::string& hostclass) {
  const config::OptionValue option = look_up.of(hostclass, "phase");
  const long long phase = option.integer();
  if (phase < 1 || phase > 9) option.reject("must be a phase from 1 to 9");
  return static_cast<int>(phase);
}

std::filesystem::path checked_data_source(const LookUp& look_up) {
  std::filesystem::path source =
      look_up.folder.joined(look_up.of_bake("config_data_source").required()).lexically_normal();
  const std::filesystem::path needed = source / "discoroot";
  if (!std::filesystem::is_directory(needed)) {
    Error error("WrongPath", fmt::format("there is no folder {}", needed.string()));
    throw error.set_hint("run this in a configuration folder, or name it in ASIAQ_CONFIG");
  }
  return source;
}

void fill_what_and_from_what(const LookUp& look_up, const BakeOptions& options,
                             BakeSettings& settings) {
  settings.phase = options.hostclass ? phase_of(look_up, *options.hostclass) : 1;
  settings.name =
      options.hostclass ? *options.hostclass : look_up.of_bake("phase1_ami_name").required();
  settings.hostclass =
      settings.phase == 1 ? look_up.of_bake("phase1_hostclass").required() : settings.name;
  if (options.source_ami) {
    settings.source = *options.source_ami;
  } else if (settings.phase == 1) {
    settings.source = look_up.of(settings.name, "bake_ami").required();
  } else {
    settings.base_name = look_up.of(settings.name, "phase1_ami_name").required();
  }
}

}  // namespace

std::string BakeSettings::script() const {
  return fmt::format("{}/init/phase{}.sh", data_destination, phase);
}

std::vector<std::string> stages(const config::ConfigFolder& folder) {
  const config::OptionValue option =
      folder.bake_option(bake_section, "ami_stages",
                         folder.literal_option(bake_section, "bakery_environment").value_or(""));
  std::vector<std::string> names = option.list_or({"untested", "tested"});
  if (names.empty()) option.reject("names no stage");
  return names;
}

std::vector<std::string> trusted_accounts(const config::ConfigFolder& folder) {
  return folder
      .bake_option(bake_section, "trusted_account_ids",
                   folder.literal_option(bake_section, "bakery_environment").value_or(""))
      .list();
}

void check_stage(const config::ConfigFolder& folder, const std::string& stage) {
  const std::vector<std::string> known = stages(folder);
  if (std::find(known.begin(), known.end(), stage) != known.end()) return;
  ImageError error(
      fmt::format("stage {} is none of ami_stages in section bake of disco_aws.ini: {}", stage,
                  join(known, " ")));
  throw error;
}

BakeSettings bake_settings(const config::ConfigFolder& folder, const BakeOptions& options) {
  const LookUp look_up{folder,
                       folder.literal_option(bake_section, "bakery_environment").required()};
  BakeSettings settings;
  settings.environment = look_up.environment;
  settings.data_source = checked_data_source(look_up);
  settings.stages = stages(folder);
  settings.stage = options.stage.value_or(settings.stages.front());
  check_stage(folder, settings.stage);
  fill_what_and_from_what(look_up, options, settings);

  settings.instance_type = look_up.of_bake("bakery_instance_type").required();
  settings.key_name = look_up.of_bake("bake_key").required();
  settings.project = folder.project_name();
  settings.repo_hostclass = look_up.of_bake("repo_hostclass").value_or("");
  const std::vector<std::string> without = look_up.of_bake("no_repo_hostclasses").list();
  settings.needs_repo =
      !settings.repo_hostclass.empty() &&
      std::find(without.begin(), without.end(), settings.hostclass) == without.end();
  settings.data_destination = look_up.of_bake("data_destination").required();
  settings.payload = payload_folder(folder);
  settings.trusted_accounts = trusted_accounts(folder);

  settings.product_line = look_up.text(settings.hostclass, "product_line");
  settings.bake_user = look_up.text(settings.hostclass, "bake_user");
  settings.instance_profile = look_up.text(settings.hostclass, "bake_instance_profile");
  settings.volume_type = look_up.text(settings.hostclass, "bake_volume_type");
  settings.enhanced_networking =
      look_up.of(settings.hostclass, "enhanced_networking").boolean(false);
  settings.metadata_tokens_required =
      look_up.of_bake("bake_metadata_http_tokens").value_or("optional") == "required";
  if (look_up.of(settings.hostclass, "root_login").boolean(false)) {
    settings.root_login = CleanUp::RootLogin::by_key;
  }
  settings.image_wait = Seconds(static_cast<double>(
      look_up.of(settings.hostclass, "ami_available_wait_time").integer_or(600)));
  return settings;
}

}  // namespace asiaq::image
