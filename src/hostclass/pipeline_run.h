// Spinning up a pipeline, or provisioning one hostclass: sequences strictly one after another, each
// beginning when the hosts of the one before are ready.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/pipeline.h"
#include "hostclass/provisioning.h"
#include "hostclass/readiness.h"
#include "network/vpc.h"
#include "plan/plan.h"

namespace asiaq::hostclass {

struct PipelineOptions {
  std::optional<std::string> stage;  ///< Of images; else the environment's `ami_stage`.
  enum class SmokeTests { as_written, none } smoke_tests = SmokeTests::as_written;
  Purpose purpose = Purpose::live;
  /// What becomes of hosts that could not be provisioned.
  enum class OnFailure { leave, undo } on_failure = OnFailure::leave;
  std::optional<Seconds> timeout;  ///< For each wait, where it is shorter than the wait's own.
};

/// Where a run takes place.
struct PipelineScene {
  Clients clients;
  network::Vpc vpc;
  std::string region;
  const config::ConfigFolder& folder;
};

/// A pipeline that was read, checked and compared with what is there; nothing is written before
/// carry_out(). Not thread-safe.
class PipelineRun {
 public:
  /// Throws image::ImageError, ConfigError and the like before anything is written.
  PipelineRun(const PipelineScene& scene, const std::vector<config::PipelineRow>& rows,
              const PipelineOptions& options, LoginCheck login);

  /// Groups of the same hostclasses that `plan` deletes count as gone, and everything follows
  /// `after`.
  PipelineRun(const PipelineScene& scene, const std::vector<config::PipelineRow>& rows,
              const PipelineOptions& options, LoginCheck login, plan::Plan plan,
              std::vector<plan::ChangeId> after);

  const plan::Plan& plan() const { return plan_; }

  /// Carries out the plan. After a failure or an interruption it undoes what it did or names what
  /// it left, as the options say, and throws what went wrong.
  void carry_out();

 private:
  void add_sequences(std::vector<RowWithImage> rows, EnvironmentFacts facts,
                     std::vector<plan::ChangeId> after);
  std::vector<plan::ChangeId> add_wait(const std::vector<PlannedGroup>& groups,
                                       std::vector<plan::ChangeId> after);
  void add_clean_up(const PlannedGroup& group, const std::vector<plan::ChangeId>& after);
  void conclude_failure(bool interrupted);

  PipelineScene scene_;
  PipelineOptions options_;
  LoginCheck login_;
  plan::Plan plan_;
  std::vector<PlannedGroup> groups_;
};

/// The row that the options of `provision` make.
struct ProvisionOptions {
  std::string hostclass;
  std::string ami;
  std::optional<std::string> instance_type;
  std::optional<int> extra_space;
  std::optional<int> extra_disk;
  std::optional<int> iops;
  std::string min_size;
  std::string desired_size;
  std::string max_size;
  bool smoke_test = true;
  bool chaos = true;  ///< False says so; true leaves it to the configuration.
};

/// Throws ConfigError naming the option whose value makes no sense, or if neither hostclass nor AMI
/// is given.
config::PipelineRow row_of(const ProvisionOptions& options);

}  // namespace asiaq::hostclass
