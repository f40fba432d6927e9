#include "hostclass/launch_cleaning.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "base/log.h"
#include "base/parallel.h"
#include "base/wait.h"
#include "hostclass/host_calls.h"
#include "hostclass/names.h"

namespace asiaq::hostclass {

namespace {

constexpr const char* group_tag = "aws:autoscaling:groupName";
/// In the meaning of `unused_launch_objects`.
constexpr Seconds grace_period{300};

/// Ids of templates and names of configurations that groups refer to.
std::set<std::string> referred_to(const std::vector<Group>& groups) {
  std::set<std::string> used;
  for (const Group& group : groups) {
    used.insert(group.launch.template_id);
    used.insert(group.launch.configuration);
    used.insert(group.other_templates.begin(), group.other_templates.end());
  }
  used.erase("");
  return used;
}

const std::string& identity(const LaunchObject& object) {
  return object.kind == LaunchObject::Kind::launch_template ? object.id : object.name;
}

std::string kind_name(const LaunchObject& object) {
  return object.kind == LaunchObject::Kind::launch_template ? "launch template"
                                                            : "launch configuration";
}

plan::ChangeId add_deletion(plan::Plan& plan, const Clients& clients, const LaunchObject& object,
                            std::vector<plan::ChangeId> after) {
  return plan.add(
      {.verb = plan::Verb::remove,
       .resource = {.kind = kind_name(object), .name = object.name, .id = object.id},
       .carry_out = [clients,
                     object] { delete_launch_object(clients.ec2, clients.autoscaling, object); },
       .after = std::move(after)});
}

plan::ChangeId add_deletion(plan::Plan& plan, const Clients& clients, const Group& group,
                            Deletion deletion) {
  std::vector<std::string> details;
  if (!group.members.empty()) {
    details.push_back(fmt::format("with its {} members", group.members.size()));
  }
  return plan.add({.verb = plan::Verb::remove,
                   .resource = {.kind = "auto scaling group", .name = group.name},
                   .details = std::move(details),
                   .carry_out = [autoscaling = clients.autoscaling, name = group.name, deletion] {
                     delete_group(autoscaling, name, deletion);
                     wait_until_gone(autoscaling, {name});
                   }});
}

std::vector<Group> chosen(const std::vector<Group>& groups, const GroupChoice& choice) {
  std::vector<Group> result;
  for (const Group& group : groups) {
    const bool fits = choice.name.empty() ? hostclass_in(group.name) == choice.hostclass
                                          : group.name == choice.name;
    if (fits && !group.being_deleted) result.push_back(group);
  }
  return result;
}

}  // namespace

std::vector<LaunchObject> unused_launch_objects(const std::vector<LaunchObject>& objects,
                                                const std::vector<Group>& groups,
                                                const std::vector<Host>& hosts, WallTime now,
                                                Seconds grace) {
  std::set<std::string> used = referred_to(groups);
  for (const Host& host : hosts) {
    // A member is served by its group: it is replaced from what the group uses.
    if (host.is_going() || host.tag(group_tag)) continue;
    if (const auto id = host.launch_template()) used.insert(*id);
  }
  std::map<std::string, WallTime> newest_in_use;
  for (const LaunchObject& object : objects) {
    const auto hostclass = hostclass_in(object.name);
    if (!hostclass || !object.created || !used.contains(identity(object))) continue;
    WallTime& newest = newest_in_use[*hostclass];
    newest = std::max(newest, *object.created);
  }
  std::vector<LaunchObject> unused;
  for (const LaunchObject& object : objects) {
    if (used.contains(identity(object))) continue;
    const auto in_use = newest_in_use.find(hostclass_in(object.name).value_or(""));
    const bool was_replaced =
        in_use != newest_in_use.end() && object.created && *object.created <= in_use->second;
    const bool is_young = object.created && now - *object.created < grace;
    if (was_replaced || !is_young) unused.push_back(object);
  }
  return unused;
}

std::vector<LaunchObject> observe_launch_objects(const Clients& clients,
                                                 const std::string& environment) {
  std::vector<LaunchObject> objects;
  std::vector<LaunchObject> configurations;
  in_parallel({
      [&] { objects = observe_launch_templates(clients.ec2, environment); },
      [&] { configurations = observe_launch_configurations(clients.autoscaling, environment); },
  });
  objects.insert(objects.end(), configurations.begin(), configurations.end());
  std::ranges::sort(objects, std::less<>(), &LaunchObject::name);
  return objects;
}

plan::Plan plan_launch_cleaning(const Clients& clients, const std::string& environment,
                                const std::string& vpc) {
  std::vector<LaunchObject> objects;
  std::vector<Group> groups;
  std::vector<Host> hosts;
  in_parallel({
      [&] { objects = observe_launch_objects(clients, environment); },
      [&] { groups = observe_groups(clients.autoscaling, environment); },
      [&] { hosts = observe_hosts(clients.ec2, vpc); },
  });
  plan::Plan plan;
  for (const LaunchObject& object : unused_launch_objects(
           objects, groups, hosts, system_clock().now(), grace_period * wait_scale())) {
    add_deletion(plan, clients, object, {});
  }
  return plan;
}

plan::Plan plan_group_cleaning(const Clients& clients, const std::string& environment) {
  plan::Plan plan;
  for (const Group& group : observe_groups(clients.autoscaling, environment)) {
    if (group.being_deleted || !group.members.empty() || group.sizes.desired != 0) continue;
    add_deletion(plan, clients, group, Deletion::if_empty);
  }
  return plan;
}

plan::Plan plan_group_deletion(const Clients& clients, const std::string& environment,
                               const GroupChoice& choice, Deletion deletion) {
  std::vector<Group> groups;
  std::vector<LaunchObject> objects;
  in_parallel({
      [&] { groups = observe_groups(clients.autoscaling, environment); },
      [&] { objects = observe_launch_objects(clients, environment); },
  });
  const std::vector<Group> going = chosen(groups, choice);
  std::erase_if(groups, [&](const Group& group) {
    return std::ranges::find(going, group.name, &Group::name) != going.end();
  });
  const std::set<std::string> used_by_others = referred_to(groups);
  plan::Plan plan;
  if (going.empty()) log::info("There is no such group in {}", environment);
  for (const Group& group : going) {
    if (deletion == Deletion::if_empty && !group.members.empty()) {
      Error error("GroupInUse", fmt::format("group {} in {} has {} members", group.name,
                                            environment, group.members.size()));
      error.set_hint("--force deletes it with its members");
      throw error;
    }
    const plan::ChangeId deleted = add_deletion(plan, clients, group, deletion);
    const LaunchObject* object = launch_object_of(group, objects);
    if (object != nullptr && !used_by_others.contains(identity(*object))) {
      add_deletion(plan, clients, *object, {deleted});
    }
  }
  return plan;
}

}  // namespace asiaq::hostclass
