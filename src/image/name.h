// Names of machine images: `<hostclass> <unix seconds>`, as in "mhcfoo 1457067967".
#pragma once

#include <string>
#include <string_view>

namespace asiaq::image {

std::string image_name(std::string_view hostclass, long long unix_seconds);

/// Begins with one word of letters, digits and underscores, one blank, optionally a number and a
/// blank, then 10 to 50 digits. What follows is not looked at.
bool is_hostclass_image_name(std::string_view name);

/// The first word of the name; empty for an empty name.
std::string hostclass_of(std::string_view name);

/// The last word as a whole number of seconds since 1970; 0 if it is none.
long long timestamp_of(std::string_view name);

}  // namespace asiaq::image
