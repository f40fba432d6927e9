// The changes that take the databases of an environment away.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "database/observation.h"
#include "plan/plan.h"

namespace asiaq::aws {
class Session;
}

namespace asiaq::database {

/// Throws DatabaseError, naming every one of them, if an instance cannot be deleted now: it is not
/// `available`, `backing-up`, `creating` or on its way out already, is protected, or is part of a
/// cluster, whose data a final snapshot of the instance would not hold. Pure.
void check_deletable(const std::string& environment, const std::vector<Instance>& instances);

/// What must have happened before an instance goes.
using Predecessors = std::function<std::vector<plan::ChangeId>(const Instance&)>;

/// Adds the deletion of the instances with a final snapshot each (replicas have nothing of their
/// own to keep), the wait until they are gone, and the deletion of their parameter groups and of
/// the VPC's subnet groups. Gives what must be done before the VPC's network is free of them.
/// Throws as check_deletable().
std::vector<plan::ChangeId> add_removal(plan::Plan& plan, aws::Session& session,
                                        const std::string& environment,
                                        const Observation& observation, const Predecessors& before);

}  // namespace asiaq::database
