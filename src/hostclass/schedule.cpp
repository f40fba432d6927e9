#include "hostclass/schedule.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace asiaq::hostclass {

std::string action_name(const std::string& group, const std::string& recurrence) {
  std::string name = group + "_";
  for (const char c : recurrence) {
    if (c == '*') {
      name += "star";
    } else {
      name += c == ' ' ? '_' : c;
    }
  }
  return name;
}

std::vector<ScheduledAction> scheduled_actions(const std::string& group,
                                               const std::map<std::string, GivenSizes>& sizes) {
  std::vector<ScheduledAction> actions;
  for (const auto& [recurrence, given] : sizes) {
    actions.push_back({action_name(group, recurrence), recurrence, given});
  }
  return actions;
}

ScheduleDifference difference(const std::vector<ScheduledAction>& current,
                              const std::vector<ScheduledAction>& wanted) {
  ScheduleDifference result;
  for (const ScheduledAction& action : wanted) {
    if (std::ranges::find(current, action) == current.end()) result.to_put.push_back(action);
  }
  for (const ScheduledAction& action : current) {
    if (std::ranges::find(wanted, action.name, &ScheduledAction::name) == wanted.end()) {
      result.to_remove.push_back(action.name);
    }
  }
  return result;
}

std::string description(const ScheduledAction& action) {
  std::vector<std::string> parts;
  if (action.sizes.min) parts.push_back(fmt::format("min {}", *action.sizes.min));
  if (action.sizes.desired) parts.push_back(fmt::format("desired {}", *action.sizes.desired));
  if (action.sizes.max) parts.push_back(fmt::format("max {}", *action.sizes.max));
  return fmt::format("{}: {}", action.recurrence, fmt::join(parts, ", "));
}

}  // namespace asiaq::hostclass
