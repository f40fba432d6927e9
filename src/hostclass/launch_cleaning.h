// Which launch templates and configurations of an environment nothing needs any more, and groups
// likewise.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "hostclass/clients.h"
#include "hostclass/group.h"
#include "hostclass/group_calls.h"
#include "hostclass/host.h"
#include "hostclass/launch_object.h"
#include "plan/plan.h"

namespace asiaq::hostclass {

/// Objects that no group refers to and no host outside of groups was launched from. One that is
/// younger than `grace` and newer than what its hostclass's groups use stays: another run may be
/// about to use it. Pure.
std::vector<LaunchObject> unused_launch_objects(const std::vector<LaunchObject>& objects,
                                                const std::vector<Group>& groups,
                                                const std::vector<Host>& hosts, WallTime now,
                                                Seconds grace);

/// The environment's launch templates and configurations by name.
std::vector<LaunchObject> observe_launch_objects(const Clients& clients,
                                                 const std::string& environment);

/// Deletes the environment's unused launch objects.
plan::Plan plan_launch_cleaning(const Clients& clients, const std::string& environment,
                                const std::string& vpc);

/// Deletes the environment's groups that have no members and want none.
plan::Plan plan_group_cleaning(const Clients& clients, const std::string& environment);

/// Which groups to delete: all of a hostclass, or the one of that name.
struct GroupChoice {
  std::string hostclass;
  std::string name;
};

/// Deletes groups and what only they launch from. Throws Error of kind "GroupInUse" for a group
/// with members unless they may go with it.
plan::Plan plan_group_deletion(const Clients& clients, const std::string& environment,
                               const GroupChoice& choice, Deletion deletion);

}  // namespace asiaq::hostclass
