#pragma once

#include <vector>

#include "aws/endpoint/rules.h"

namespace asiaq::fuzz {

/// Of all services that the program calls. Written by CMake.
const std::vector<const aws::endpoint::RuleSet*>& rule_sets();

}  // namespace asiaq::fuzz
