// The changes that take the caches of an environment away.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cache/observation.h"
#include "plan/plan.h"

namespace asiaq::aws {
class Session;
}

namespace asiaq::cache {

/// What must have happened before a group goes.
using Predecessors = std::function<std::vector<plan::ChangeId>(const Group&)>;

/// Adds the deletion of the groups (without snapshots: a cache can be filled again),
/// the wait until they are gone, and the deletion of the subnet groups. Gives what must be done
/// before the VPC's network is free of them.
std::vector<plan::ChangeId> add_removal(plan::Plan& plan, aws::Session& session,
                                        const std::string& environment,
                                        const Observation& observation, const Predecessors& before);

}  // namespace asiaq::cache
