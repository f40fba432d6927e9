// Who a host is: its name and the tags by which others find it.
#pragma once

#include <map>
#include <string>

#include "instance/user_data.h"

namespace asiaq::instance {

/// `hostname` of the user data, else the hostclass without its first three letters and the instance
/// id (`web-i-0123`), else the instance id alone.
std::string host_name(const UserData& user_data, const std::string& instance_id);

/// Tags that a host gives itself at boot: hostname, Name, hostclass, owner, environment and
/// productline (`unknown` if empty).
std::map<std::string, std::string> boot_tags(const UserData& user_data,
                                             const std::string& instance_id,
                                             const std::string& product_line);

}  // namespace asiaq::instance
