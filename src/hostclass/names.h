// Names of auto scaling groups and of what they launch from.
//
// A group is `<env>_<hostclass>_<unix seconds>`, a launch template `<env>_<hostclass>_<number>`.
// Environment names have no underscore, hostclass names may.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace asiaq::hostclass {

/// A group name that is not in `taken`: the time's, or the next free second's.
std::string new_group_name(std::string_view environment, std::string_view hostclass, WallTime time,
                           const std::set<std::string>& taken);

/// `number` is 0 to 9999998.
std::string launch_template_name(std::string_view environment, std::string_view hostclass,
                                 int number);

/// A random number for launch_template_name(). Thread-safe.
int random_launch_template_number();

bool belongs_to_environment(std::string_view name, std::string_view environment);

/// What stands between the first and the last underscore; nothing for a name of another form.
std::optional<std::string> hostclass_in(std::string_view name);

}  // namespace asiaq::hostclass
