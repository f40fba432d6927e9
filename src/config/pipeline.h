// Pipeline files: which hostclasses run, in which order and how many.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config_folder.h"
#include "config/size_schedule.h"

namespace asiaq::config {

/// One row; an unset cell leaves what is there, or the default of a new group.
struct PipelineRow {
  int line = 0;           ///< Of the file; 0 for a row that comes from command-line options.
  int sequence = 0;       ///< Groups of equal number start together, smaller ones first.
  std::string hostclass;  ///< May be empty when `ami` is set.
  SizeSchedule min_size;
  SizeSchedule desired_size;
  SizeSchedule max_size;
  std::optional<std::string> instance_type;
  std::optional<int> extra_space;  ///< GB added to the root volume.
  std::optional<int> extra_disk;   ///< GB of one extra volume.
  std::optional<int> iops;
  bool smoke_test = false;
  std::optional<std::string> ami;
  bool deployable = false;
  std::optional<std::string> integration_test;
  std::vector<std::string> termination_policies;
  std::optional<bool> chaos;
};

struct Pipeline {
  std::string file_name;
  std::vector<PipelineRow> rows;  ///< In file order.
};

/// What a command reads of a file: to take a pipeline down only its hostclasses matter.
enum class PipelineUse { everything, hostclasses_only };

/// Throws ConfigError with every problem of the file as `file:line: column: problem`, so that
/// nothing is begun with a file that is wrong further down. Unknown columns are ignored.
Pipeline parse_pipeline(std::string_view text, std::string file_name,
                        PipelineUse use = PipelineUse::everything);

/// Reads the file as given or, if that does not exist, from the configuration folder.
Pipeline read_pipeline(const ConfigFolder& folder, const std::filesystem::path& file,
                       PipelineUse use = PipelineUse::everything);

/// Problems of one row, each `column: problem`: a minimum above the maximum and the like. For rows
/// from command-line options as well.
std::vector<std::string> size_problems(const PipelineRow& row);

}  // namespace asiaq::config
