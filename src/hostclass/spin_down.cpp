#include "hostclass/spin_down.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/parallel.h"
#include "hostclass/group_calls.h"
#include "hostclass/launch_object.h"
#include "hostclass/names.h"

namespace asiaq::hostclass {

namespace {

plan::ChangeId add_deletion(plan::Plan& plan, const Clients& clients, const Group& group) {
  return plan.add({.verb = plan::Verb::remove,
                   .resource = {.kind = "auto scaling group", .name = group.name},
                   .details = {fmt::format("with its {} members", group.members.size())},
                   .carry_out = [autoscaling = clients.autoscaling, name = group.name] {
                     delete_group(autoscaling, name, Deletion::with_members);
                   }});
}

plan::ChangeId add_wait(plan::Plan& plan, const Clients& clients, const std::string& hostclass,
                        std::vector<std::string> names, std::vector<plan::ChangeId> after) {
  return plan.add({.verb = plan::Verb::wait,
                   .resource = {.kind = "end of the groups of", .name = hostclass},
                   .carry_out = [autoscaling = clients.autoscaling,
                                 names = std::move(names)] { wait_until_gone(autoscaling, names); },
                   .after = std::move(after)});
}

}  // namespace

plan::Plan plan_spin_down(const Clients& clients, const std::string& environment,
                          const std::vector<std::string>& hostclasses) {
  std::vector<Group> groups;
  std::vector<LaunchObject> templates;
  std::vector<LaunchObject> configurations;
  in_parallel({
      [&] { groups = observe_groups(clients.autoscaling, environment); },
      [&] { templates = observe_launch_templates(clients.ec2, environment); },
      [&] { configurations = observe_launch_configurations(clients.autoscaling, environment); },
  });
  templates.insert(templates.end(), configurations.begin(), configurations.end());

  plan::Plan plan;
  std::set<std::string> seen;
  for (const std::string& hostclass : hostclasses) {
    if (!seen.insert(hostclass).second) continue;
    std::vector<plan::ChangeId> deletions;
    std::vector<std::string> names;
    for (const Group& group : groups) {
      if (hostclass_in(group.name) != hostclass) continue;
      names.push_back(group.name);
      if (!group.being_deleted) deletions.push_back(add_deletion(plan, clients, group));
    }
    std::vector<plan::ChangeId> gone;
    if (!names.empty()) {
      gone = {add_wait(plan, clients, hostclass, std::move(names), std::move(deletions))};
    }
    for (const LaunchObject& object : templates) {
      if (hostclass_in(object.name) != hostclass) continue;
      plan.add({.verb = plan::Verb::remove,
                .resource = {.kind = object.kind == LaunchObject::Kind::launch_template
                                         ? "launch template"
                                         : "launch configuration",
                             .name = object.name,
                             .id = object.id},
                .carry_out =
                    [clients, object] {
                      delete_launch_object(clients.ec2, clients.autoscaling, object);
                    },
                .after = gone});
    }
  }
  return plan;
}

std::vector<plan::ChangeId> ends_of(const plan::Plan& plan) {
  std::vector<bool> is_followed(plan.changes().size(), false);
  for (const plan::Change& change : plan.changes()) {
    for (const plan::ChangeId predecessor : change.after) is_followed[predecessor.index] = true;
  }
  std::vector<plan::ChangeId> ends;
  for (std::size_t i = 0; i < is_followed.size(); ++i) {
    if (!is_followed[i]) ends.push_back({i});
  }
  return ends;
}

}  // namespace asiaq::hostclass
