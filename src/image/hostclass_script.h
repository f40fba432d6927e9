// The script of a new hostclass, made from the configuration's template.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace asiaq::image {

/// Throws ConfigError unless the name is `mhc` followed by lower-case letters, digits and
/// underscores: it becomes a word of image names, a file name and an argument of scripts.
void check_hostclass_name(std::string_view hostclass);

/// `$TEMPLATED_HOSTCLASS` and `${TEMPLATED_HOSTCLASS}` become the hostclass, `$TEMPLATED_NAME` and
/// `${TEMPLATED_NAME}` the hostclass without `mhc`; everything else stays.
std::string filled_template(std::string_view text, std::string_view hostclass);

/// Writes `init/<hostclass>.sh` of the configuration folder from `init/template.sh`, with its mode,
/// and returns the path. Throws ConfigError if the name is bad, the template is missing or the
/// script exists.
std::filesystem::path write_hostclass_script(const std::filesystem::path& config_folder,
                                             std::string_view hostclass);

/// What write_hostclass_script would write, after the same checks.
std::filesystem::path planned_hostclass_script(const std::filesystem::path& config_folder,
                                               std::string_view hostclass);

}  // namespace asiaq::image
