// Spinning hostclasses down: their groups with all members, and what these were launched from.
#pragma once

#include <string>
#include <vector>

#include "hostclass/clients.h"
#include "plan/plan.h"

namespace asiaq::hostclass {

/// The changes that remove every group of the hostclasses, wait until the groups are gone, and
/// remove their launch templates and configurations; hostclasses side by side. What is missing is
/// no error. Reads with one paginated Describe per resource type.
plan::Plan plan_spin_down(const Clients& clients, const std::string& environment,
                          const std::vector<std::string>& hostclasses);

/// The changes of a plan that no other change follows.
std::vector<plan::ChangeId> ends_of(const plan::Plan& plan);

}  // namespace asiaq::hostclass
