#include "hostclass/group_calls.h"

#include <fmt/format.h>

#include <algorithm>

#include "aws/absence.h"
#include "aws/autoscaling/client.h"
#include "base/text.h"
#include "hostclass/names.h"

namespace asiaq::hostclass {

namespace {

constexpr std::int32_t groups_per_page = 100;
constexpr std::int32_t activities_looked_at = 20;
/// As many as one call may name.
constexpr std::size_t names_per_call = 50;
constexpr Seconds deletion_limit{900};

std::vector<Group> groups_from(const std::vector<aws::autoscaling::AutoScalingGroup>& groups) {
  std::vector<Group> result;
  for (const auto& group : groups) result.push_back(group_from(group));
  std::ranges::sort(result, std::less<>(), &Group::name);
  return result;
}

void read_template(LaunchReference& launch,
                   const aws::autoscaling::LaunchTemplateSpecification& specification) {
  launch.template_id = specification.launch_template_id.value_or("");
  launch.template_name = specification.launch_template_name.value_or("");
  launch.template_version = specification.version.value_or("");
}

void read_mixed_instances(Group& result, const aws::autoscaling::MixedInstancesPolicy& policy) {
  if (!policy.launch_template) return;
  if (policy.launch_template->launch_template_specification) {
    read_template(result.launch, *policy.launch_template->launch_template_specification);
  }
  for (const auto& override : policy.launch_template->overrides) {
    if (override.launch_template_specification) {
      result.other_templates.push_back(
          override.launch_template_specification->launch_template_id.value_or(""));
    }
  }
}

aws::List<aws::autoscaling::Tag> tags_of(const std::string& group,
                                         const std::map<std::string, std::string>& tags) {
  aws::List<aws::autoscaling::Tag> result;
  for (const auto& [key, value] : tags) {
    result.push_back({.resource_id = group,
                      .resource_type = "auto-scaling-group",
                      .key = key,
                      .value = value,
                      .propagate_at_launch = true});
  }
  return result;
}

aws::autoscaling::LaunchTemplateSpecification specification_of(const LaunchReference& launch) {
  return {.launch_template_id = launch.template_id, .version = launch.template_version};
}

}  // namespace

Group group_from(const aws::autoscaling::AutoScalingGroup& group) {
  Group result{.name = group.auto_scaling_group_name.value_or(""),
               .sizes = {.min = group.min_size.value_or(0),
                         .desired = group.desired_capacity.value_or(0),
                         .max = group.max_size.value_or(0)},
               .subnets = words(group.vpc_zone_identifier.value_or(""), ", "),
               .termination_policies = group.termination_policies,
               .being_deleted = group.status.has_value() && !group.status->empty()};
  std::ranges::sort(result.subnets);
  if (group.mixed_instances_policy) read_mixed_instances(result, *group.mixed_instances_policy);
  if (group.launch_template) read_template(result.launch, *group.launch_template);
  if (result.launch.template_id.empty()) {
    result.launch.configuration = group.launch_configuration_name.value_or("");
  }
  for (const auto& tag : group.tags) result.tags[tag.key.value_or("")] = tag.value.value_or("");
  for (const auto& member : group.instances) {
    result.members.push_back(
        {.id = member.instance_id.value_or(""),
         .lifecycle_state = member.lifecycle_state.value_or(""),
         .template_id = member.launch_template
                            ? member.launch_template->launch_template_id.value_or("")
                            : ""});
  }
  return result;
}

std::vector<Group> observe_groups(const aws::autoscaling::Client& autoscaling,
                                  const std::string& environment) {
  auto groups =
      groups_from(autoscaling.describe_auto_scaling_groups_all({.max_records = groups_per_page}));
  std::erase_if(
      groups, [&](const Group& group) { return !belongs_to_environment(group.name, environment); });
  return groups;
}

std::vector<Group> observe_groups_by_name(const aws::autoscaling::Client& autoscaling,
                                          const std::vector<std::string>& names) {
  if (names.empty()) return {};
  return groups_from(autoscaling.describe_auto_scaling_groups_all(
      {.auto_scaling_group_names = names, .max_records = groups_per_page}));
}

Schedules observe_schedules(const aws::autoscaling::Client& autoscaling,
                            const std::string& environment) {
  Schedules schedules;
  for (const auto& action :
       autoscaling.describe_scheduled_actions_all({.max_records = groups_per_page})) {
    const std::string group = action.auto_scaling_group_name.value_or("");
    const std::string recurrence = action.recurrence.value_or("");
    if (recurrence.empty() || !belongs_to_environment(group, environment)) continue;
    schedules[group].push_back(
        {.name = action.scheduled_action_name.value_or(""),
         .recurrence = recurrence,
         .sizes = {
             .min = action.min_size, .desired = action.desired_capacity, .max = action.max_size}});
  }
  return schedules;
}

void create_group(const aws::autoscaling::Client& autoscaling, const Group& group) {
  autoscaling.create_auto_scaling_group({.auto_scaling_group_name = group.name,
                                         .launch_template = specification_of(group.launch),
                                         .min_size = group.sizes.min,
                                         .max_size = group.sizes.max,
                                         .desired_capacity = group.sizes.desired,
                                         .vpc_zone_identifier = join(group.subnets, ","),
                                         .termination_policies = group.termination_policies,
                                         .tags = tags_of(group.name, group.tags)});
}

void update_group(const aws::autoscaling::Client& autoscaling, const std::string& name,
                  const GroupUpdate& update, const std::optional<LaunchReference>& launch) {
  aws::autoscaling::UpdateAutoScalingGroupType request{.auto_scaling_group_name = name,
                                                       .min_size = update.sizes.min,
                                                       .max_size = update.sizes.max,
                                                       .desired_capacity = update.sizes.desired};
  if (launch && !launch->configuration.empty()) {
    request.launch_configuration_name = launch->configuration;
  } else if (launch) {
    request.launch_template = specification_of(*launch);
  }
  if (update.subnets) request.vpc_zone_identifier = join(*update.subnets, ",");
  if (update.termination_policies) request.termination_policies = *update.termination_policies;
  autoscaling.update_auto_scaling_group(request);
}

void put_tags(const aws::autoscaling::Client& autoscaling, const std::string& group,
              const std::map<std::string, std::string>& tags) {
  autoscaling.create_or_update_tags({.tags = tags_of(group, tags)});
}

void put_action(const aws::autoscaling::Client& autoscaling, const std::string& group,
                const ScheduledAction& action) {
  autoscaling.put_scheduled_update_group_action({.auto_scaling_group_name = group,
                                                 .scheduled_action_name = action.name,
                                                 .recurrence = action.recurrence,
                                                 .min_size = action.sizes.min,
                                                 .max_size = action.sizes.max,
                                                 .desired_capacity = action.sizes.desired});
}

void delete_action(const aws::autoscaling::Client& autoscaling, const std::string& group,
                   const std::string& action) {
  aws::ignoring_absence([&] {
    autoscaling.delete_scheduled_action(
        {.auto_scaling_group_name = group, .scheduled_action_name = action});
  });
}

void delete_group(const aws::autoscaling::Client& autoscaling, const std::string& name,
                  Deletion deletion) {
  aws::ignoring_absence([&] {
    autoscaling.delete_auto_scaling_group(
        {.auto_scaling_group_name = name, .force_delete = deletion == Deletion::with_members});
  });
}

void wait_until_gone(const aws::autoscaling::Client& autoscaling,
                     const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < names.size(); i += names_per_call) {
    const auto first = names.begin() + static_cast<std::ptrdiff_t>(i);
    const auto count = std::min(names_per_call, names.size() - i);
    const std::vector<std::string> some(first, first + static_cast<std::ptrdiff_t>(count));
    autoscaling.wait_until_group_deleted(
        {.auto_scaling_group_names = some},
        {.what = fmt::format("groups {} to be gone", join(some, ", ")), .limit = deletion_limit});
  }
}

std::string last_failed_activity(const aws::autoscaling::Client& autoscaling,
                                 const std::string& group) {
  const auto answer = autoscaling.describe_scaling_activities(
      {.auto_scaling_group_name = group, .max_records = activities_looked_at});
  for (const auto& activity : answer.activities) {
    if (activity.status_code == "Failed") {
      return activity.status_message.value_or(activity.description.value_or("failed"));
    }
  }
  return {};
}

}  // namespace asiaq::hostclass
