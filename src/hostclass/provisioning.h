// Provisioning one hostclass: the changes that bring its launch template, static interfaces, group
// and schedule in line with what they should be, and how to undo them.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hostclass/clients.h"
#include "hostclass/desired_hostclass.h"
#include "hostclass/environment_facts.h"
#include "hostclass/readiness.h"
#include "plan/plan.h"

namespace asiaq::hostclass {

/// A group that a plan creates or updates.
struct PlannedGroup {
  std::string name;
  HostclassOptions options;
  std::optional<Group> before;  ///< Nothing: the plan makes the group.
  /// What the group launches from in the end; its template id is known once that was made.
  std::shared_ptr<LaunchReference> launch;
  bool makes_template = false;
  GroupUpdate update;  ///< Of a group that was there.
  std::vector<ScheduledAction> schedule_before;
  ScheduleDifference schedule;
  /// The template that the group leaves and that no member of it was launched from.
  std::optional<LaunchObject> left_behind;
  int awaited_members = 0;
  /// Nothing changes and every member has passed its smoke test already.
  bool is_ready = false;
  std::vector<plan::ChangeId> last;  ///< What is to be followed by whoever needs the group.
};

/// Adds the changes of several rows to one plan. What a row changes counts as done for the rows
/// after it. Not thread-safe.
class Provisioning {
 public:
  Provisioning(const Clients& clients, EnvironmentFacts facts, const config::ConfigFolder& folder,
               Purpose purpose, WallTime now);

  /// Throws ConfigError and its like before anything is added.
  PlannedGroup add(plan::Plan& plan, const RowWithImage& row, std::vector<plan::ChangeId> after);

  const EnvironmentFacts& facts() const { return facts_; }

 private:
  struct Launch {
    std::shared_ptr<LaunchReference> reference;
    LaunchSettings settings;
  };
  class Steps;

  const Launch* launch_of(const std::optional<Group>& group) const;
  const LaunchObject* unused_template_like(const std::string& hostclass,
                                           const LaunchSettings& settings) const;
  void add_launch_template(Steps& steps, PlannedGroup& planned, const LaunchSettings& settings,
                           const Launch* current);
  void add_group(Steps& steps, PlannedGroup& planned, const WantedGroup& wanted);
  void add_group_update(Steps& steps, PlannedGroup& planned, const WantedGroup& wanted,
                        bool changes_launch);
  void add_schedule(Steps& steps, PlannedGroup& planned, const DesiredHostclass& desired);
  bool is_ready(const PlannedGroup& planned, bool changes) const;

  Clients clients_;
  EnvironmentFacts facts_;
  const config::ConfigFolder& folder_;
  Purpose purpose_;
  WallTime now_;
  std::map<std::string, Launch> launches_;  ///< By group.
};

/// Takes back what carrying out a plan did to the group: a new one is deleted with its members and
/// template; one that was there gets its launch settings, sizes, tags and schedule back, and the
/// members launched from the new template are terminated. Works whatever part of the plan was done.
/// Goes on after a failure and then throws the first.
void undo(const Clients& clients, const PlannedGroup& planned);

}  // namespace asiaq::hostclass
