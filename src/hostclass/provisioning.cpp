#include "hostclass/provisioning.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <functional>
#include <set>

#include "base/log.h"
#include "hostclass/group_calls.h"
#include "hostclass/names.h"

namespace asiaq::hostclass {

namespace {

constexpr Seconds image_limit{600};
constexpr Seconds snapshot_limit{900};

std::vector<std::string> description_of_new(const Group& group) {
  std::vector<std::string> lines{fmt::format("sizes: min {}, desired {}, max {}", group.sizes.min,
                                             group.sizes.desired, group.sizes.max),
                                 fmt::format("subnets: {}", fmt::join(group.subnets, " "))};
  for (const auto& [key, value] : group.tags) {
    lines.push_back(fmt::format("tag {}: {}", key, value));
  }
  return lines;
}

}  // namespace

/// Changes of one row, each following the one before.
class Provisioning::Steps {
 public:
  Steps(plan::Plan& plan, std::vector<plan::ChangeId> after)
      : plan_(plan), latest_(std::move(after)) {}

  void add(plan::Change change) {
    change.after = latest_;
    latest_ = {plan_.add(std::move(change))};
    ++count_;
  }

  /// Changes that were added to the plan elsewhere and that the next ones follow.
  void join(const std::vector<plan::ChangeId>& changes) {
    latest_.insert(latest_.end(), changes.begin(), changes.end());
    count_ += changes.size();
  }

  plan::Plan& plan() { return plan_; }
  const std::vector<plan::ChangeId>& latest() const { return latest_; }
  bool any() const { return count_ > 0; }

 private:
  plan::Plan& plan_;
  std::vector<plan::ChangeId> latest_;
  std::size_t count_ = 0;
};

Provisioning::Provisioning(const Clients& clients, EnvironmentFacts facts,
                           const config::ConfigFolder& folder, Purpose purpose, WallTime now)
    : clients_(clients), facts_(std::move(facts)), folder_(folder), purpose_(purpose), now_(now) {
  for (const Group& group : facts_.groups) {
    if (const LaunchObject* object = launch_object_of(group, facts_.launch_objects)) {
      launches_[group.name] = {std::make_shared<LaunchReference>(group.launch), object->settings};
    }
  }
}

PlannedGroup Provisioning::add(plan::Plan& plan, const RowWithImage& row,
                               std::vector<plan::ChangeId> after) {
  const std::string& hostclass = row.row.hostclass;
  PlannedGroup planned{.before = group_of(facts_.groups, facts_.vpc.name, hostclass)};
  const Launch* current = launch_of(planned.before);
  DesiredHostclass desired = desired_hostclass(
      row, facts_, current != nullptr ? &current->settings : nullptr, folder_, purpose_);
  planned.options = desired.options;

  Steps steps(plan, std::move(after));
  if (row.image.state == "pending") {
    steps.add({.verb = plan::Verb::wait,
               .resource = {.kind = "image", .name = row.image.name, .id = row.image.id},
               .carry_out = [ec2 = clients_.ec2, id = row.image.id] {
                 ec2.wait_until_image_available(
                     {.image_ids = {id}},
                     {.what = fmt::format("image {} to be available", id), .limit = image_limit});
               }});
  }
  if (desired.pending_snapshot) {
    steps.add(
        {.verb = plan::Verb::wait,
         .resource = {.kind = "snapshot", .name = *desired.pending_snapshot},
         .carry_out = [ec2 = clients_.ec2, id = *desired.pending_snapshot] {
           ec2.wait_until_snapshot_completed(
               {.snapshot_ids = {id}},
               {.what = fmt::format("snapshot {} to be completed", id), .limit = snapshot_limit});
         }});
  }
  const bool waits_only = steps.any();
  add_launch_template(steps, planned, desired.settings, current);
  for (network::FloatingInterface& interface : desired.floating_interfaces) {
    interface.subnet.after = steps.latest();
  }
  steps.join(network::add_floating_interfaces(plan, clients_.ec2, desired.floating_interfaces,
                                              facts_.interfaces));
  for (const network::FloatingInterface& interface : desired.floating_interfaces) {
    facts_.interfaces.emplace(interface.address, "");
  }
  if (planned.before) {
    planned.name = planned.before->name;
    add_group_update(steps, planned, desired.group,
                     current == nullptr || planned.launch != current->reference);
  } else {
    add_group(steps, planned, desired.group);
  }
  add_schedule(steps, planned, desired);
  launches_[planned.name] = {planned.launch, desired.settings};
  planned.is_ready = is_ready(planned, steps.any() && !waits_only);
  planned.last = steps.latest();
  return planned;
}

const Provisioning::Launch* Provisioning::launch_of(const std::optional<Group>& group) const {
  if (!group) return nullptr;
  const auto found = launches_.find(group->name);
  return found == launches_.end() ? nullptr : &found->second;
}

/// A template that a run made and could not put to use.
const LaunchObject* Provisioning::unused_template_like(const std::string& hostclass,
                                                       const LaunchSettings& settings) const {
  for (const LaunchObject& object : facts_.launch_objects) {
    if (object.kind != LaunchObject::Kind::launch_template || object.version != only_version ||
        hostclass_in(object.name) != hostclass || object.settings != settings) {
      continue;
    }
    const bool is_used = std::ranges::any_of(
        facts_.groups, [&](const Group& group) { return group.launch.template_id == object.id; });
    if (!is_used) return &object;
  }
  return nullptr;
}

void Provisioning::add_launch_template(Steps& steps, PlannedGroup& planned,
                                       const LaunchSettings& settings, const Launch* current) {
  const std::string& hostclass = planned.options.hostclass;
  std::vector<std::string> details = description(settings);
  if (current != nullptr && current->reference->configuration.empty()) {
    details = differences(current->settings, settings);
    if (details.empty()) {
      planned.launch = current->reference;
      return;
    }
  }
  if (const LaunchObject* unused = unused_template_like(hostclass, settings)) {
    planned.launch =
        std::make_shared<LaunchReference>(LaunchReference{.template_id = unused->id,
                                                          .template_name = unused->name,
                                                          .template_version = only_version});
    return;
  }
  planned.makes_template = true;
  planned.launch = std::make_shared<LaunchReference>();
  steps.add({.verb = plan::Verb::create,
             .resource = {.kind = "launch template",
                          .name = fmt::format("{}_{}", facts_.vpc.name, hostclass)},
             .details = std::move(details),
             .carry_out = [ec2 = clients_.ec2, environment = facts_.vpc.name, hostclass, settings,
                           launch = planned.launch] {
               *launch = create_launch_template(ec2, environment, hostclass, settings);
             }});
}

void Provisioning::add_group(Steps& steps, PlannedGroup& planned, const WantedGroup& wanted) {
  std::set<std::string> taken;
  for (const Group& group : facts_.groups) taken.insert(group.name);
  Group group{
      .name = new_group_name(facts_.vpc.name, planned.options.hostclass, now_, taken),
      .sizes = sizes_of_new_group(wanted.sizes),
      .launch = *planned.launch,
      .subnets = wanted.subnets,
      .termination_policies = policies_of_new_group(wanted.termination_policies),
      .tags = wanted.tags,
  };
  planned.name = group.name;
  planned.awaited_members = group.awaited_members();
  steps.add({.verb = plan::Verb::create,
             .resource = {.kind = "auto scaling group", .name = group.name},
             .details = description_of_new(group),
             .carry_out = [autoscaling = clients_.autoscaling, group, launch = planned.launch] {
               Group made = group;
               made.launch = *launch;
               create_group(autoscaling, made);
               log::info("Spinning up {} instances of {} into group {}", made.sizes.desired,
                         made.tags.at("hostclass"), made.name);
             }});
  facts_.groups.push_back(std::move(group));
}

void Provisioning::add_group_update(Steps& steps, PlannedGroup& planned, const WantedGroup& wanted,
                                    bool changes_launch) {
  const Group& before = *planned.before;
  planned.update = update_of(before, wanted);
  std::vector<std::string> details = description(planned.update, before);
  if (changes_launch) {
    details.insert(details.begin(),
                   fmt::format("launch settings: from {} to {}",
                               before.launch.configuration.empty() ? before.launch.template_name
                                                                   : before.launch.configuration,
                               planned.makes_template ? "the new launch template"
                                                      : planned.launch->template_name));
    const LaunchObject* old = launch_object_of(before, facts_.launch_objects);
    const bool is_used = std::ranges::any_of(before.members, [&](const Member& member) {
      return member.template_id.empty() || member.template_id == before.launch.template_id;
    });
    if (old != nullptr && old->kind == LaunchObject::Kind::launch_template && !is_used) {
      planned.left_behind = *old;
    }
  }
  GroupUpdate sizes_and_settings = planned.update;
  sizes_and_settings.tags.clear();
  if (changes_launch || sizes_and_settings.changes_group()) {
    steps.add({.verb = plan::Verb::update,
               .resource = {.kind = "auto scaling group", .name = before.name},
               .details = std::move(details),
               .carry_out = [autoscaling = clients_.autoscaling, name = before.name,
                             update = sizes_and_settings, launch = planned.launch, changes_launch] {
                 update_group(autoscaling, name, update,
                              changes_launch ? std::optional(*launch) : std::nullopt);
               }});
    details.clear();
  }
  if (!planned.update.tags.empty()) {
    steps.add({.verb = plan::Verb::update,
               .resource = {.kind = "tags of auto scaling group", .name = before.name},
               .details = std::move(details),
               .carry_out = [autoscaling = clients_.autoscaling, name = before.name,
                             tags = planned.update.tags] { put_tags(autoscaling, name, tags); }});
  }
  Group after = updated(before, planned.update);
  planned.awaited_members = after.awaited_members();
  std::ranges::replace_if(
      facts_.groups, [&](const Group& group) { return group.name == after.name; }, after);
}

void Provisioning::add_schedule(Steps& steps, PlannedGroup& planned,
                                const DesiredHostclass& desired) {
  planned.schedule_before = facts_.schedules[planned.name];
  if (!desired.schedule) return;
  const auto wanted = scheduled_actions(planned.name, *desired.schedule);
  planned.schedule = difference(planned.schedule_before, wanted);
  for (const ScheduledAction& action : planned.schedule.to_put) {
    steps.add({.verb = plan::Verb::create,
               .resource = {.kind = "scheduled action", .name = action.name},
               .details = {description(action)},
               .carry_out = [autoscaling = clients_.autoscaling, name = planned.name, action] {
                 put_action(autoscaling, name, action);
               }});
  }
  for (const std::string& action : planned.schedule.to_remove) {
    steps.add({.verb = plan::Verb::remove,
               .resource = {.kind = "scheduled action", .name = action},
               .carry_out = [autoscaling = clients_.autoscaling, name = planned.name, action] {
                 delete_action(autoscaling, name, action);
               }});
  }
  facts_.schedules[planned.name] = wanted;
}

bool Provisioning::is_ready(const PlannedGroup& planned, bool changes) const {
  if (changes || !planned.before) return false;
  int ready = 0;
  for (const Member& member : planned.before->members) {
    if (!member.counts()) continue;
    const auto host = std::ranges::find(facts_.members, member.id, &Host::id);
    if (host == facts_.members.end() ||
        readiness_of(*host, std::nullopt, nullptr) != Readiness::passed) {
      return false;
    }
    ++ready;
  }
  return ready >= planned.awaited_members;
}

namespace {

/// Runs every part although some fail; then throws the first failure.
void all_of(const std::vector<std::function<void()>>& parts) {
  std::exception_ptr first;
  for (const auto& part : parts) {
    try {
      part();
    } catch (const std::exception& error) {
      log::error("Undoing: {}", error.what());
      if (!first) first = std::current_exception();
    }
  }
  if (first) std::rethrow_exception(first);
}

void delete_made_template(const Clients& clients, const PlannedGroup& planned) {
  if (!planned.makes_template || planned.launch->template_id.empty()) return;
  delete_launch_object(clients.ec2, clients.autoscaling,
                       {.id = planned.launch->template_id, .name = planned.launch->template_name});
}

void terminate_new_members(const Clients& clients, const PlannedGroup& planned) {
  if (!planned.makes_template || planned.launch->template_id.empty()) return;
  aws::List<std::string> ids;
  for (const auto& reservation : clients.ec2.describe_instances_all(
           {.filters = {{.name = std::string("tag:") + launch_template_tag,
                       .values = {planned.launch->template_id}},
                        {.name = "instance-state-name", .values = {"pending", "running"}}}})) {
    for (const auto& instance : reservation.instances) {
      ids.push_back(instance.instance_id.value_or(""));
    }
  }
  if (ids.empty()) return;
  log::info("Terminating {}, launched from the new settings", fmt::join(ids, ", "));
  clients.ec2.terminate_instances({.instance_ids = ids});
}

/// The update that leads back to `before`.
GroupUpdate back_to(const Group& before) {
  return {
      .sizes = {.min = before.sizes.min, .desired = before.sizes.desired, .max = before.sizes.max},
      .subnets = before.subnets,
      .termination_policies = before.termination_policies};
}

void put_back_tags(const Clients& clients, const PlannedGroup& planned) {
  std::map<std::string, std::string> changed;
  aws::List<aws::autoscaling::Tag> added;
  for (const auto& [key, value] : planned.update.tags) {
    const auto before = planned.before->tags.find(key);
    if (before != planned.before->tags.end()) {
      changed[key] = before->second;
    } else {
      added.push_back({.resource_id = planned.name,
                       .resource_type = "auto-scaling-group",
                       .key = key,
                       .value = value});
    }
  }
  if (!changed.empty()) put_tags(clients.autoscaling, planned.name, changed);
  if (!added.empty()) clients.autoscaling.delete_tags({.tags = added});
}

void put_back_schedule(const Clients& clients, const PlannedGroup& planned) {
  if (planned.schedule.empty()) return;
  for (const ScheduledAction& action : planned.schedule.to_put) {
    const bool was_there =
        std::ranges::find(planned.schedule_before, action.name, &ScheduledAction::name) !=
        planned.schedule_before.end();
    if (!was_there) delete_action(clients.autoscaling, planned.name, action.name);
  }
  for (const ScheduledAction& action : planned.schedule_before) {
    put_action(clients.autoscaling, planned.name, action);
  }
}

}  // namespace

void undo(const Clients& clients, const PlannedGroup& planned) {
  if (!planned.before) {
    log::info("Undoing: group {} and its launch template are deleted", planned.name);
    all_of({[&] {
              delete_group(clients.autoscaling, planned.name, Deletion::with_members);
              wait_until_gone(clients.autoscaling, {planned.name});
            },
            [&] { delete_made_template(clients, planned); }});
    return;
  }
  const bool changed_launch = planned.launch != nullptr &&
                              planned.launch->template_id != planned.before->launch.template_id;
  if (!changed_launch && planned.update.empty() && planned.schedule.empty()) return;
  log::info("Undoing: group {} gets back what it had", planned.name);
  all_of({[&] {
            update_group(clients.autoscaling, planned.name, back_to(*planned.before),
                         changed_launch ? std::optional(planned.before->launch) : std::nullopt);
          },
          [&] { put_back_tags(clients, planned); }, [&] { put_back_schedule(clients, planned); },
          [&] { terminate_new_members(clients, planned); },
          [&] { delete_made_template(clients, planned); }});
}

}  // namespace asiaq::hostclass
