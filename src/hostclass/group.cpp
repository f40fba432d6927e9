#include "hostclass/group.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.h"
#include "hostclass/names.h"

namespace asiaq::hostclass {

namespace {

constexpr const char* by_configuration = "OldestLaunchConfiguration";
constexpr const char* by_template = "OldestLaunchTemplate";

void check(const GroupSizes& sizes) {
  if (sizes.min < 0 || sizes.desired < 0 || sizes.max < 0) {
    throw ConfigError("the sizes of a group cannot be negative");
  }
  if (sizes.min > sizes.max) {
    throw ConfigError(fmt::format("min_size {} is larger than max_size {}", sizes.min, sizes.max));
  }
  if (sizes.desired < sizes.min) {
    throw ConfigError(
        fmt::format("desired_size {} is smaller than min_size {}", sizes.desired, sizes.min));
  }
  if (sizes.desired > sizes.max) {
    throw ConfigError(
        fmt::format("desired_size {} is larger than max_size {}", sizes.desired, sizes.max));
  }
}

std::vector<std::string> with_template_policy(const std::vector<std::string>& policies) {
  const bool has_template = std::ranges::count(policies, by_template) > 0;
  std::vector<std::string> result;
  for (const std::string& policy : policies) {
    result.push_back(policy);
    if (policy == by_configuration && !has_template) result.emplace_back(by_template);
  }
  return result;
}

}  // namespace

GroupSizes sizes_of_new_group(const GivenSizes& given) {
  GroupSizes sizes;
  sizes.min = given.min.value_or(0);
  sizes.max = given.max.value_or(std::max({sizes.min, given.desired.value_or(0), 0}));
  sizes.desired = given.desired.value_or(given.max.value_or(sizes.min));
  check(sizes);
  return sizes;
}

GroupSizes sizes_after_update(const GroupSizes& current, const GivenSizes& given) {
  GroupSizes sizes;
  sizes.min = given.min.value_or(current.min);
  sizes.max =
      given.max.value_or(std::max({current.max, given.min.value_or(0), given.desired.value_or(0)}));
  if (sizes.min > sizes.max) check(sizes);
  sizes.desired = given.desired.value_or(std::clamp(current.desired, sizes.min, sizes.max));
  check(sizes);
  return sizes;
}

std::vector<std::string> policies_of_new_group(
    const std::optional<std::vector<std::string>>& given) {
  if (!given || given->empty()) return {by_template};
  return with_template_policy(*given);
}

GroupUpdate update_of(const Group& current, const WantedGroup& wanted) {
  GroupUpdate update;
  const GroupSizes sizes = sizes_after_update(current.sizes, wanted.sizes);
  if (sizes.min != current.sizes.min) update.sizes.min = sizes.min;
  if (sizes.desired != current.sizes.desired) update.sizes.desired = sizes.desired;
  if (sizes.max != current.sizes.max) update.sizes.max = sizes.max;
  if (wanted.subnets != current.subnets) update.subnets = wanted.subnets;
  const bool moves_to_template = !current.launch.configuration.empty();
  if (wanted.termination_policies || moves_to_template) {
    const auto policies =
        with_template_policy(wanted.termination_policies.value_or(current.termination_policies));
    if (policies != current.termination_policies) update.termination_policies = policies;
  }
  for (const auto& [key, value] : wanted.tags) {
    const auto tag = current.tags.find(key);
    if (tag == current.tags.end() || tag->second != value) update.tags[key] = value;
  }
  return update;
}

std::vector<std::string> description(const GroupUpdate& update, const Group& current) {
  std::vector<std::string> lines;
  const auto size = [&lines](const char* name, int before, std::optional<int> after) {
    if (after) lines.push_back(fmt::format("{}: {} -> {}", name, before, *after));
  };
  size("min_size", current.sizes.min, update.sizes.min);
  size("desired_size", current.sizes.desired, update.sizes.desired);
  size("max_size", current.sizes.max, update.sizes.max);
  if (update.subnets) {
    lines.push_back(fmt::format("subnets: {} -> {}", fmt::join(current.subnets, " "),
                                fmt::join(*update.subnets, " ")));
  }
  if (update.termination_policies) {
    lines.push_back(fmt::format("termination policies: {} -> {}",
                                fmt::join(current.termination_policies, " "),
                                fmt::join(*update.termination_policies, " ")));
  }
  for (const auto& [key, value] : update.tags) {
    const auto tag = current.tags.find(key);
    lines.push_back(fmt::format("tag {}: {} -> {}", key,
                                tag == current.tags.end() ? "none" : tag->second, value));
  }
  return lines;
}

Group updated(Group group, const GroupUpdate& update) {
  group.sizes.min = update.sizes.min.value_or(group.sizes.min);
  group.sizes.desired = update.sizes.desired.value_or(group.sizes.desired);
  group.sizes.max = update.sizes.max.value_or(group.sizes.max);
  if (update.subnets) group.subnets = *update.subnets;
  if (update.termination_policies) group.termination_policies = *update.termination_policies;
  for (const auto& [key, value] : update.tags) group.tags[key] = value;
  return group;
}

std::vector<Group> groups_of(const std::vector<Group>& groups, const std::string& environment,
                             const std::string& hostclass) {
  std::vector<Group> found;
  for (const Group& group : groups) {
    if (!group.being_deleted && belongs_to_environment(group.name, environment) &&
        hostclass_in(group.name) == hostclass) {
      found.push_back(group);
    }
  }
  std::ranges::sort(found, std::greater<>(), &Group::name);
  return found;
}

std::optional<Group> group_of(const std::vector<Group>& groups, const std::string& environment,
                              const std::string& hostclass) {
  const std::vector<Group> found = groups_of(groups, environment, hostclass);
  if (found.size() > 1) {
    std::vector<std::string> names;
    for (const Group& group : found) names.push_back(group.name);
    throw Error("TooManyAutoscaleGroups",
                fmt::format("too many autoscaling groups for {} in {}: {}", hostclass, environment,
                            fmt::join(names, ", ")))
        .set_hint(fmt::format("delete all but one with: disco_autoscale.py --env {} deletegroup "
                              "--name <group> --force",
                              environment));
  }
  if (found.empty()) return std::nullopt;
  return found.front();
}

}  // namespace asiaq::hostclass
