#include "hostclass/pipeline_run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "base/interrupt.h"
#include "base/log.h"
#include "base/text.h"
#include "config/config_folder.h"
#include "hostclass/group_calls.h"
#include "plan/executor.h"

namespace asiaq::hostclass {

namespace {

/// What the changes of a run threw, in the order in which it happened. Thread-safe.
class Thrown {
 public:
  void note(std::exception_ptr error) {
    const std::lock_guard lock(mutex_);
    errors_.push_back(std::move(error));
  }
  /// Throws the error if it is the only one.
  void rethrow_only() const {
    if (errors_.size() == 1) std::rethrow_exception(errors_.front());
  }

 private:
  std::mutex mutex_;
  std::vector<std::exception_ptr> errors_;
};

/// The same plan, its changes noting what they throw.
plan::Plan noting(const plan::Plan& plan, Thrown& thrown) {
  plan::Plan result;
  for (plan::Change change : plan.changes()) {
    change.carry_out = [work = std::move(change.carry_out), &thrown] {
      try {
        work();
      } catch (...) {
        thrown.note(std::current_exception());
        throw;
      }
    };
    result.add(std::move(change));
  }
  return result;
}

std::string stage_of(const PipelineScene& scene, const PipelineOptions& options) {
  if (options.stage) return *options.stage;
  return scene.folder.vpc(scene.vpc.name, scene.vpc.type).option("ami_stage").value_or("");
}

std::vector<config::PipelineRow> prepared(std::vector<config::PipelineRow> rows,
                                          const PipelineOptions& options) {
  for (config::PipelineRow& row : rows) {
    if (options.smoke_tests == PipelineOptions::SmokeTests::none) row.smoke_test = false;
  }
  return rows;
}

WaitLimits limited(WaitLimits limits, std::optional<Seconds> timeout) {
  if (timeout && *timeout < limits.limit) limits.limit = *timeout;
  return limits;
}

config::SizeSchedule size_option(const char* option, const std::string& text) {
  return with_context(fmt::format("option {}", option),
                      [&] { return config::SizeSchedule::parse(text); });
}

void check_not_negative(const char* option, std::optional<int> value, int least) {
  if (value && *value < least) {
    throw ConfigError(fmt::format("option {}: {} is less than {}", option, *value, least));
  }
}

}  // namespace

PipelineRun::PipelineRun(const PipelineScene& scene, const std::vector<config::PipelineRow>& rows,
                         const PipelineOptions& options, LoginCheck login)
    : PipelineRun(scene, rows, options, std::move(login), {}, {}) {}

PipelineRun::PipelineRun(const PipelineScene& scene, const std::vector<config::PipelineRow>& rows,
                         const PipelineOptions& options, LoginCheck login, plan::Plan plan,
                         std::vector<plan::ChangeId> after)
    : scene_(scene), options_(options), login_(std::move(login)), plan_(std::move(plan)) {
  const ChosenImages chosen =
      choose_images(scene_.clients.ec2, prepared(rows, options_),
                    scene_.folder.literal_option("bake", "trusted_account_ids").list(),
                    stage_of(scene_, options_));
  EnvironmentFacts facts =
      observe_environment(scene_.clients, scene_.vpc, scene_.region, chosen, scene_.folder);
  if (!plan_.empty()) {
    std::set<std::string> going;
    for (const RowWithImage& each : chosen.rows) going.insert(each.row.hostclass);
    for (Group& group : facts.groups) {
      for (const std::string& hostclass : going) {
        if (!groups_of({group}, scene_.vpc.name, hostclass).empty()) group.being_deleted = true;
      }
    }
    facts.launch_objects.clear();
  }
  add_sequences(chosen.rows, std::move(facts), std::move(after));
}

void PipelineRun::add_sequences(std::vector<RowWithImage> rows, EnvironmentFacts facts,
                                std::vector<plan::ChangeId> after) {
  std::ranges::stable_sort(rows, std::less<>(),
                           [](const RowWithImage& each) { return each.row.sequence; });
  Provisioning provisioning(scene_.clients, std::move(facts), scene_.folder, options_.purpose,
                            system_clock().now());
  std::map<std::string, std::vector<plan::ChangeId>> last_of_hostclass;
  for (auto begin = rows.begin(); begin != rows.end();) {
    const int sequence = begin->row.sequence;
    const auto end = std::find_if(
        begin, rows.end(), [&](const RowWithImage& each) { return each.row.sequence != sequence; });
    std::vector<plan::ChangeId> next = after;
    std::vector<PlannedGroup> to_wait_for;
    std::vector<PlannedGroup> of_sequence;
    for (; begin != end; ++begin) {
      // Rows of one hostclass are applied one after another, whatever runs beside them.
      std::vector<plan::ChangeId> follows = after;
      const auto& earlier = last_of_hostclass[begin->row.hostclass];
      follows.insert(follows.end(), earlier.begin(), earlier.end());
      PlannedGroup group = with_context(
          begin->row.line > 0 ? fmt::format("line {}", begin->row.line) : begin->row.hostclass,
          [&] { return provisioning.add(plan_, *begin, std::move(follows)); });
      last_of_hostclass[begin->row.hostclass] = group.last;
      next.insert(next.end(), group.last.begin(), group.last.end());
      if (begin->row.smoke_test && !group.is_ready) to_wait_for.push_back(group);
      of_sequence.push_back(std::move(group));
    }
    if (!to_wait_for.empty()) next = add_wait(to_wait_for, std::move(next));
    for (const PlannedGroup& group : of_sequence) add_clean_up(group, next);
    groups_.insert(groups_.end(), std::make_move_iterator(of_sequence.begin()),
                   std::make_move_iterator(of_sequence.end()));
    after = std::move(next);
  }
}

std::vector<plan::ChangeId> PipelineRun::add_wait(const std::vector<PlannedGroup>& groups,
                                                  std::vector<plan::ChangeId> after) {
  AwaitedGroups awaited{.environment = scene_.vpc.name};
  std::vector<std::string> names;
  Seconds capacity_limit{0};
  Seconds smoke_test_limit{0};
  for (const PlannedGroup& group : groups) {
    if (std::ranges::find(awaited.groups, group.name, &AwaitedGroup::group) !=
        awaited.groups.end()) {
      continue;
    }
    awaited.groups.push_back({.hostclass = group.options.hostclass,
                              .group = group.name,
                              .smoke_test_user = group.options.smoke_test_user});
    names.push_back(group.options.hostclass);
    capacity_limit = std::max(capacity_limit, group.options.capacity_limit);
    smoke_test_limit = std::max(smoke_test_limit, group.options.smoke_test_limit);
  }
  awaited.capacity.limit = capacity_limit;
  awaited.smoke_test.limit = smoke_test_limit;
  awaited.capacity = limited(awaited.capacity, options_.timeout);
  awaited.smoke_test = limited(awaited.smoke_test, options_.timeout);
  return {plan_.add({.verb = plan::Verb::wait,
                     .resource = {.kind = "smoke test of", .name = join(names, ", ")},
                     .carry_out = [clients = scene_.clients, awaited,
                                   login = login_] { wait_until_ready(clients, awaited, login); },
                     .after = std::move(after)})};
}

void PipelineRun::add_clean_up(const PlannedGroup& group,
                               const std::vector<plan::ChangeId>& after) {
  if (!group.left_behind) return;
  plan_.add({.verb = plan::Verb::remove,
             .resource = {.kind = "launch template",
                          .name = group.left_behind->name,
                          .id = group.left_behind->id},
             .carry_out =
                 [clients = scene_.clients, object = *group.left_behind] {
                   delete_launch_object(clients.ec2, clients.autoscaling, object);
                 },
             .after = after});
}

void PipelineRun::carry_out() {
  Thrown thrown;
  const plan::Report report = plan::execute(noting(plan_, thrown));
  if (report.succeeded()) return;
  conclude_failure(interrupt::requested());
  interrupt::check();
  thrown.rethrow_only();
  throw plan::PlanError(plan_, report);
}

void PipelineRun::conclude_failure(bool interrupted) {
  const interrupt::Shield shield;
  if (interrupted) log::warning("Interrupted");
  if (options_.on_failure == PipelineOptions::OnFailure::undo) {
    for (auto group = groups_.rbegin(); group != groups_.rend(); ++group) {
      try {
        undo(scene_.clients, *group);
      } catch (const std::exception& error) {
        log::error(
            "Could not undo all of {}: {}; run disco_aws.py --env {} spindown, or delete it "
            "with disco_autoscale.py --env {} deletegroup --name {} --force",
            group->name, error.what(), scene_.vpc.name, scene_.vpc.name, group->name);
      }
    }
    return;
  }
  std::vector<std::string> names;
  for (const PlannedGroup& group : groups_) names.push_back(group.name);
  std::vector<std::string> left;
  for (const Group& group : observe_groups_by_name(scene_.clients.autoscaling, names)) {
    left.push_back(group.name);
  }
  log::warning(
      "Left as they are: {}. The same command goes on from here; hosts are listed by: "
      "disco_aws.py --env {} listhosts --most",
      left.empty() ? std::string("no groups") : join(left, ", "), scene_.vpc.name);
}

config::PipelineRow row_of(const ProvisionOptions& options) {
  if (options.hostclass.empty() && options.ami.empty()) {
    throw ConfigError("must specify either hostclass or AMI");
  }
  check_not_negative("--extra-space", options.extra_space, 0);
  check_not_negative("--extra-disk", options.extra_disk, 1);
  check_not_negative("--iops", options.iops, 1);
  config::PipelineRow row{.sequence = 1,
                          .hostclass = options.hostclass,
                          .min_size = size_option("--min-size", options.min_size),
                          .desired_size = size_option("--desired-size", options.desired_size),
                          .max_size = size_option("--max-size", options.max_size),
                          .instance_type = options.instance_type,
                          .extra_space = options.extra_space,
                          .extra_disk = options.extra_disk,
                          .iops = options.iops,
                          .smoke_test = options.smoke_test};
  if (!options.ami.empty()) row.ami = options.ami;
  if (!options.chaos) row.chaos = false;
  const auto problems = config::size_problems(row);
  if (!problems.empty()) throw ConfigError(fmt::format("{}", fmt::join(problems, "; ")));
  return row;
}

}  // namespace asiaq::hostclass
