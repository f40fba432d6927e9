// The compiled endpoint rules: those of the engine's suite and those of the services in use.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "aws/endpoint/rules.h"

namespace asiaq::aws::conformance {

using NamedRules = std::vector<std::pair<std::string, const endpoint::RuleSet*>>;

NamedRules engine_rule_sets();
NamedRules service_rule_sets();

}  // namespace asiaq::aws::conformance
