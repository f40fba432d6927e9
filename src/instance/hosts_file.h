// The lines of /etc/hosts that Asiaq looks after: a block between two marks.
#pragma once

#include <string>
#include <string_view>

#include "instance/user_data.h"

namespace asiaq::instance {

/// The host's own name (so that looking it up asks nobody) and the addresses of s3proxy,
/// discologger and logforwarder; a comment stands for each that the environment does not have.
std::string hosts_block(const UserData& user_data, const std::string& host_name);

/// The line of the host's own name.
std::string own_line(const std::string& host_name);

/// `hosts` with `block` in place of the block that it has, or at its end. An empty block takes the
/// old one out. Other lines stay as they are.
std::string with_hosts_block(std::string_view hosts, std::string_view block);

}  // namespace asiaq::instance
