// Testing mode: a host that a deployment is trying out takes no addresses from the ones in service.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "instance/this_host.h"

namespace asiaq::instance {

enum class TestingMode { off, on };

/// What a deployment said last on this host; nothing if none did. Survives a reboot.
std::optional<TestingMode> chosen_testing_mode(const HostPaths& paths);

/// Notes the mode, then lets the units that hold addresses and routes act on it: `restart` when
/// testing is over, `stop` when it begins. Throws the first Error after all were tried.
void set_testing_mode(Hands& hands, const HostPaths& paths, TestingMode mode);

}  // namespace asiaq::instance
