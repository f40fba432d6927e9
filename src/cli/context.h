// What a running command is given: configuration, AWS session, environment, output.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "aws/session.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/settings.h"
#include "config/config_folder.h"

namespace asiaq::cli {

/// Opens the AWS session of a run; replaced by tests.
using SessionFactory = std::function<aws::Session(aws::Access)>;

/// Configuration and session are opened when first asked for. Not thread-safe itself; what it hands
/// out is.
class Context {
 public:
  Context(const Tool& tool, const Command& command, Settings settings, Output& output,
          SessionFactory open_session);

  const Tool& tool() const { return tool_; }
  const Settings& settings() const { return settings_; }

  /// The folder of ASIAQ_CONFIG. Asking for it reads nothing yet.
  const config::ConfigFolder& config() const { return config_; }

  /// Read-only for commands that change nothing and with --dry-run. Throws what opening it throws.
  aws::Session& session();

  /// Says on stderr which AWS calls were made, if --stats asks for it: as a table, with
  /// `--output json` as one line of JSON.
  void show_statistics() const;

  /// Name of the environment that the command is about: --env, DEFAULT_ENV,
  /// `default_environment`. Throws EnvironmentError for names that mean none, ConfigError if
  /// nothing names one. Does not ask AWS whether it exists.
  std::string environment_name() const;

  /// As environment_name(), but names that mean none are returned as they are: for look-ups of
  /// options, which need no environment.
  std::string chosen_environment() const;

  bool dry_run() const { return settings_.dry_run; }

  /// A dry run found something to change.
  void note_planned_changes() { has_planned_changes_ = true; }
  bool has_planned_changes() const { return has_planned_changes_; }

  OutputFormat output_format() const { return settings_.output; }
  Output& output() { return output_; }

  /// Writes one result line to stdout.
  void print(std::string_view line) { output_.line(line); }

  /// Prints rows as the --output option says.
  template <class Row>
  void print_table(const std::vector<Column<Row>>& columns, const std::vector<Row>& rows) {
    if (output_format() == OutputFormat::json) {
      output_.write(json_table(columns, rows));
    } else {
      output_.write(text_table(columns, rows));
    }
  }

  /// True with --yes, or if the user answers the question on the terminal with yes. Throws
  /// UsageError if there is no terminal to ask at.
  bool confirm(const std::string& question) const;

 private:
  const Tool& tool_;
  const Command& command_;
  Settings settings_;
  config::ConfigFolder config_;
  Output& output_;
  SessionFactory open_session_;
  std::optional<aws::Session> session_;
  bool has_planned_changes_ = false;
};

}  // namespace asiaq::cli
