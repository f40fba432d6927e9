// Auto scaling groups: what one is, what one should be, and what to change.
//
// Pure; reading and writing them is in group_calls.h.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace asiaq::hostclass {

/// Sizes as far as somebody gave them.
struct GivenSizes {
  std::optional<int> min;
  std::optional<int> desired;
  std::optional<int> max;

  bool any() const { return min || desired || max; }
  bool operator==(const GivenSizes&) const = default;
};

struct GroupSizes {
  int min = 0;
  int desired = 0;
  int max = 0;
  bool operator==(const GroupSizes&) const = default;
};

/// What a group launches from: a launch template's version, or a launch configuration of former
/// times.
struct LaunchReference {
  std::string template_id;
  std::string template_name;
  std::string template_version;
  std::string configuration;
  bool operator==(const LaunchReference&) const = default;
};

struct Member {
  std::string id;
  std::string lifecycle_state;
  std::string template_id;  ///< Of what it was launched from; empty if unknown.

  /// On its way up, or up.
  bool counts() const {
    return lifecycle_state == "InService" || lifecycle_state.starts_with("Pending");
  }
};

/// A group as it is.
struct Group {
  std::string name;
  GroupSizes sizes;
  LaunchReference launch;
  std::vector<std::string> subnets;  ///< Ids, sorted.
  std::vector<std::string> termination_policies;
  std::map<std::string, std::string> tags;
  std::vector<Member> members;
  std::vector<std::string> other_templates;  ///< Ids from overrides of a mixed-instances policy.
  bool being_deleted = false;

  /// How many members are to be waited for.
  int awaited_members() const { return sizes.min > sizes.desired ? sizes.min : sizes.desired; }
};

/// A group as it should be. Unset: as it is, or the default of a new group.
struct WantedGroup {
  GivenSizes sizes;
  std::vector<std::string> subnets;  ///< Ids, sorted.
  std::optional<std::vector<std::string>> termination_policies;
  std::map<std::string, std::string> tags;  ///< All of them propagated at launch.
};

/// The sizes of a new group: min 0, max the largest given, desired as given, else max if given,
/// else min. Throws ConfigError unless min <= desired <= max.
GroupSizes sizes_of_new_group(const GivenSizes& given);

/// The sizes after an update: given ones replace; a maximum that was not given is raised to hold
/// min and desired, a desired capacity that was not given stays within min and max. Throws
/// ConfigError unless min <= desired <= max.
GroupSizes sizes_after_update(const GroupSizes& current, const GivenSizes& given);

/// `OldestLaunchTemplate` unless given. A policy that goes by launch configurations alone is
/// followed by the one for launch templates.
std::vector<std::string> policies_of_new_group(
    const std::optional<std::vector<std::string>>& given);

/// What an update changes; all unset or empty: nothing.
struct GroupUpdate {
  GivenSizes sizes;  ///< Only those that differ.
  std::optional<std::vector<std::string>> subnets;
  std::optional<std::vector<std::string>> termination_policies;
  std::map<std::string, std::string> tags;  ///< To be created or overwritten.

  bool changes_group() const { return sizes.any() || subnets || termination_policies; }
  bool empty() const { return !changes_group() && tags.empty(); }
};

/// What brings `current` in line with `wanted`. Tags that nobody wants stay.
GroupUpdate update_of(const Group& current, const WantedGroup& wanted);

/// One line per thing that changes, with the values before and after.
std::vector<std::string> description(const GroupUpdate& update, const Group& current);

/// The group after the update.
Group updated(Group group, const GroupUpdate& update);

/// The groups of a hostclass in `groups` that are not being deleted, newest (by name) first.
std::vector<Group> groups_of(const std::vector<Group>& groups, const std::string& environment,
                             const std::string& hostclass);

/// The one group of a hostclass, if there is any. Throws Error of kind "TooManyAutoscaleGroups"
/// naming them if there are several.
std::optional<Group> group_of(const std::vector<Group>& groups, const std::string& environment,
                              const std::string& hostclass);

}  // namespace asiaq::hostclass
