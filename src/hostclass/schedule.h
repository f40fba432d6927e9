// The recurring scheduled actions that change a group's sizes by the clock.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hostclass/group.h"

namespace asiaq::hostclass {

/// A recurring scheduled action of a group, in UTC.
struct ScheduledAction {
  std::string name;
  std::string recurrence;  ///< Five-field cron.
  GivenSizes sizes;
  bool operator==(const ScheduledAction&) const = default;
};

/// `<group>_<recurrence, "*" as "star", blanks as "_">`.
std::string action_name(const std::string& group, const std::string& recurrence);

/// The actions of `group` that set these sizes at these times (by recurrence).
std::vector<ScheduledAction> scheduled_actions(const std::string& group,
                                               const std::map<std::string, GivenSizes>& sizes);

struct ScheduleDifference {
  std::vector<ScheduledAction> to_put;
  std::vector<std::string> to_remove;  ///< Names.
  bool empty() const { return to_put.empty() && to_remove.empty(); }
};

/// `current` holds the recurring actions only: others belong to somebody else.
ScheduleDifference difference(const std::vector<ScheduledAction>& current,
                              const std::vector<ScheduledAction>& wanted);

/// "30 10 * * *: min 1, desired 2".
std::string description(const ScheduledAction& action);

}  // namespace asiaq::hostclass
