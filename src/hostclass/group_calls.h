// Reading and writing auto scaling groups and their schedules.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "hostclass/group.h"
#include "hostclass/schedule.h"

namespace asiaq::aws::autoscaling {
class Client;
struct AutoScalingGroup;
}  // namespace asiaq::aws::autoscaling

namespace asiaq::hostclass {

Group group_from(const aws::autoscaling::AutoScalingGroup& group);

/// The environment's groups by name, those being deleted included. One paginated Describe.
std::vector<Group> observe_groups(const aws::autoscaling::Client& autoscaling,
                                  const std::string& environment);

/// The groups of these names that exist.
std::vector<Group> observe_groups_by_name(const aws::autoscaling::Client& autoscaling,
                                          const std::vector<std::string>& names);

/// The recurring actions of the environment's groups, by group. One paginated Describe.
using Schedules = std::map<std::string, std::vector<ScheduledAction>>;
Schedules observe_schedules(const aws::autoscaling::Client& autoscaling,
                            const std::string& environment);

/// Makes the group with its tags. Only `name`, `sizes`, `launch`, `subnets`, `termination_policies`
/// and `tags` of `group` count.
void create_group(const aws::autoscaling::Client& autoscaling, const Group& group);

/// What UpdateAutoScalingGroup is to change; `launch`: a launch template to move to.
void update_group(const aws::autoscaling::Client& autoscaling, const std::string& name,
                  const GroupUpdate& update, const std::optional<LaunchReference>& launch);

/// Creates or overwrites tags, propagated at launch.
void put_tags(const aws::autoscaling::Client& autoscaling, const std::string& group,
              const std::map<std::string, std::string>& tags);

void put_action(const aws::autoscaling::Client& autoscaling, const std::string& group,
                const ScheduledAction& action);

/// An action that is gone already is no error.
void delete_action(const aws::autoscaling::Client& autoscaling, const std::string& group,
                   const std::string& action);

/// With its members, or only if it has none. A group that is gone already is no error.
enum class Deletion { if_empty, with_members };
void delete_group(const aws::autoscaling::Client& autoscaling, const std::string& name,
                  Deletion deletion);

/// Waits until none of these groups exists any more, 900 s at most.
void wait_until_gone(const aws::autoscaling::Client& autoscaling,
                     const std::vector<std::string>& names);

/// What the newest failed scaling activity of a group says; empty if none of the last failed.
std::string last_failed_activity(const aws::autoscaling::Client& autoscaling,
                                 const std::string& group);

}  // namespace asiaq::hostclass
