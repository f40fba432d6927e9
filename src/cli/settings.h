// The options that every tool or many commands have: what they set and their records.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "cli/command.h"

namespace asiaq::cli {

enum class OutputFormat { text, json };

/// What the user said about the run as a whole.
struct Settings {
  bool debug = false;
  bool stats = false;
  bool dry_run = false;
  bool detailed_exit_code = false;  ///< A dry run that finds changes ends with status 3.
  bool yes = false;
  OutputFormat output = OutputFormat::text;
  std::optional<Seconds> timeout;
  std::optional<std::string> environment;  ///< As given with --env; see Context::environment_name.
};

/// The records of the options that the tool and the command's effect bring; without a command those
/// of the tool alone.
std::vector<OptionRecord> shared_options(const Tool& tool, const Command* command);

/// Stores a value; throws UsageError if it makes no sense.
void apply(Settings& settings, Setting setting, const std::string& value);

/// `90`, `90s`, `45m`, `1h30m`, `2d`: seconds without a unit. Nothing for anything else, and for no
/// time at all.
std::optional<Seconds> parse_duration(std::string_view text);

}  // namespace asiaq::cli
