#include "hostclass/readiness.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/log.h"
#include "base/parallel.h"
#include "hostclass/group_calls.h"
#include "hostclass/host_calls.h"

namespace asiaq::hostclass {

namespace {

std::vector<std::string> group_names(const AwaitedGroups& awaited) {
  std::vector<std::string> names;
  for (const AwaitedGroup& each : awaited.groups) names.push_back(each.group);
  return names;
}

std::string hostclasses(const AwaitedGroups& awaited) {
  std::set<std::string> names;
  for (const AwaitedGroup& each : awaited.groups) names.insert(each.hostclass);
  return fmt::format("{}", fmt::join(names, ", "));
}

/// Looks at the groups until they have their members, and returns them.
std::vector<Group> wait_for_capacity(const Clients& clients, const AwaitedGroups& awaited,
                                     Clock& clock) {
  std::vector<Group> groups;
  try {
    wait_until(
        fmt::format("the members of {}", fmt::join(group_names(awaited), ", ")),
        scaled(awaited.capacity),
        [&]() -> std::optional<std::string> {
          groups = observe_groups_by_name(clients.autoscaling, group_names(awaited));
          return missing_capacity(awaited.groups, groups);
        },
        clock);
  } catch (TimeoutError& error) {
    std::string said;
    for (const Group& group : groups) {
      if (!missing_capacity({{.group = group.name}}, {group})) continue;
      const std::string reason = last_failed_activity(clients.autoscaling, group.name);
      if (!reason.empty()) said += fmt::format("; AWS says of {}: {}", group.name, reason);
    }
    TimeoutError full(error.reason() + said);
    full.set_hint(fmt::format("look at them with: disco_autoscale.py --env {} listgroups",
                              awaited.environment));
    throw full;
  }
  return groups;
}

/// The hosts of one run that have not passed yet.
class SmokeTest {
 public:
  SmokeTest(const Clients& clients, const AwaitedGroups& awaited, const LoginCheck& login,
            const std::vector<Group>& groups)
      : clients_(clients), awaited_(awaited), login_(login) {
    for (const Group& group : groups) {
      const auto found = std::ranges::find(awaited.groups, group.name, &AwaitedGroup::group);
      for (const Member& member : group.members) {
        if (member.counts() && found != awaited.groups.end()) waiting_[member.id] = &*found;
      }
    }
  }

  bool empty() const { return waiting_.empty(); }

  std::optional<std::string> look() {
    std::vector<std::string> ids;
    for (const auto& [id, group] : waiting_) ids.push_back(id);
    const std::vector<Host> hosts = observe_known_hosts(clients_.ec2, ids);
    std::vector<Readiness> results(hosts.size(), Readiness::not_ready);
    std::vector<std::function<void()>> questions;
    for (std::size_t i = 0; i < hosts.size(); ++i) {
      const auto& user = waiting_.at(hosts[i].id)->smoke_test_user;
      results[i] = readiness_of(hosts[i], std::nullopt, login_);
      if (results[i] != Readiness::not_ready || !user) continue;
      questions.emplace_back([&, i] { results[i] = readiness_of(hosts[i], user, login_); });
    }
    in_parallel(questions);
    for (std::size_t i = 0; i < hosts.size(); ++i) conclude(hosts[i], results[i]);
    if (waiting_.empty()) return std::nullopt;
    return fmt::format("{} not ready", described());
  }

  /// "i-1, i-2 of mhcfoo".
  std::string described() const {
    std::map<std::string, std::vector<std::string>> by_hostclass;
    for (const auto& [id, group] : waiting_) by_hostclass[group->hostclass].push_back(id);
    std::vector<std::string> parts;
    for (const auto& [hostclass, ids] : by_hostclass) {
      parts.push_back(fmt::format("{} of {}", fmt::join(ids, ", "), hostclass));
    }
    return fmt::format("{}", fmt::join(parts, "; "));
  }

  std::string how_to_look() const {
    if (waiting_.empty()) return {};
    const auto& [id, group] = *waiting_.begin();
    return fmt::format(
        "look at them with: disco_aws.py --env {0} listhosts --hostclass {1} --most, and "
        "disco_ssh.py --env {0} {2}",
        awaited_.environment, group->hostclass, id);
  }

  std::vector<Host> take_passed() { return std::move(passed_); }

 private:
  void conclude(const Host& host, Readiness result) {
    if (result == Readiness::failed) {
      SmokeTestError error(fmt::format("host {} of {} in {} is {} and will not pass its smoke test",
                                       host.id, waiting_.at(host.id)->hostclass,
                                       awaited_.environment, host.state));
      error.set_hint(
          fmt::format("its group replaces it; see disco_aws.py --env {} listhosts --hostclass {} "
                      "--most",
                      awaited_.environment, waiting_.at(host.id)->hostclass));
      throw error;
    }
    if (result != Readiness::passed) return;
    log::info("Host {} of {} is ready", host.id, waiting_.at(host.id)->hostclass);
    passed_.push_back(host);
    waiting_.erase(host.id);
  }

  const Clients& clients_;
  const AwaitedGroups& awaited_;
  const LoginCheck& login_;
  std::map<std::string, const AwaitedGroup*> waiting_;
  std::vector<Host> passed_;
};

void warn_of_old_versions(const std::vector<Group>& groups, const std::vector<Host>& hosts) {
  for (const Group& group : groups) {
    if (group.launch.template_id.empty() || group.members.empty()) continue;
    const bool any_new = std::ranges::any_of(group.members, [&](const Member& member) {
      const auto host = std::ranges::find(hosts, member.id, &Host::id);
      return host == hosts.end() || !host->launch_template() ||
             host->launch_template() == group.launch.template_id;
    });
    if (!any_new) {
      log::warning(
          "No host of group {} runs its newest launch settings: running hosts are never replaced "
          "by an update; terminate them to have them replaced",
          group.name);
    }
  }
}

}  // namespace

Readiness readiness_of(const Host& host, const std::optional<std::string>& smoke_test_user,
                       const LoginCheck& login) {
  if (host.is_going() || host.state == "failed") return Readiness::failed;
  if (host.is_smoke_tested()) return Readiness::passed;
  if (smoke_test_user && login && host.state == "running" && login(host, *smoke_test_user)) {
    return Readiness::passed;
  }
  return Readiness::not_ready;
}

std::optional<std::string> missing_capacity(const std::vector<AwaitedGroup>& awaited,
                                            const std::vector<Group>& groups) {
  std::vector<std::string> missing;
  for (const AwaitedGroup& each : awaited) {
    const auto group = std::ranges::find(groups, each.group, &Group::name);
    if (group == groups.end()) {
      missing.push_back(fmt::format("{} is not there", each.group));
      continue;
    }
    const auto count = std::ranges::count_if(group->members, &Member::counts);
    if (count < group->awaited_members()) {
      missing.push_back(
          fmt::format("{} has {} of {} members", each.group, count, group->awaited_members()));
    }
  }
  if (missing.empty()) return std::nullopt;
  return fmt::format("{}", fmt::join(missing, ", "));
}

std::vector<Host> wait_until_ready(const Clients& clients, const AwaitedGroups& awaited,
                                   const LoginCheck& login, Clock& clock) {
  const std::vector<Group> groups = wait_for_capacity(clients, awaited, clock);
  SmokeTest test(clients, awaited, login, groups);
  if (test.empty()) {
    log::warning("There is no host of {} to be tested: desired and minimum size are 0",
                 hostclasses(awaited));
    return {};
  }
  const WaitLimits limits = scaled(awaited.smoke_test);
  try {
    wait_until(
        fmt::format("the smoke test of {} in {}", hostclasses(awaited), awaited.environment),
        limits, [&] { return test.look(); }, clock);
  } catch (TimeoutError&) {
    TimeoutError error(fmt::format("hosts {} in {} did not pass their smoke test within {:g} s",
                                   test.described(), awaited.environment, limits.limit.count()));
    error.set_hint(test.how_to_look());
    throw error;
  }
  std::vector<Host> hosts = test.take_passed();
  warn_of_old_versions(groups, hosts);
  return hosts;
}

}  // namespace asiaq::hostclass
