// Names of alarms: [<team>_]<environment>_<hostclass>_<metric>_<max|min>. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace asiaq::monitor {

/// Whether an alarm is of this environment. Where parts of its name can be read in two ways, the
/// topics that it tells ([<team>_]<environment>_<level>, as ARNs) settle it. False for names of
/// another form.
bool is_alarm_of(std::string_view alarm, const std::vector<std::string>& topic_arns,
                 std::string_view environment);

}  // namespace asiaq::monitor
