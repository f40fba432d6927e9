// Running other programs: by argument vector, never through a shell.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace asiaq {

/// What to run. The program is looked up in PATH.
struct ProcessOptions {
  std::vector<std::string> arguments;  ///< argv, the program first; never empty.
  std::string standard_input;          ///< Given to the program, then its input ends.
  std::map<std::string, std::string>
      environment;                 ///< Added to, or replacing, what this process has.
  std::optional<Seconds> timeout;  ///< Then the program is ended and Process throws TimeoutError.
  enum class ErrorStream { merged, apart, inherited } error_stream = ErrorStream::merged;
  /// Called with pieces of standard output (and error, when merged) as they come.
  std::function<void(std::string_view)> on_output;
};

struct ProcessResult {
  int status = 0;      ///< Exit status, or 128 + signal.
  std::string output;  ///< Standard output, with standard error when merged.
  std::string errors;  ///< Standard error, when apart.
};

/// Runs the program and waits for its end. On a signal to this process the program gets SIGTERM
/// (SIGKILL 5 s later) and Interrupted is thrown. Throws Error of kind "Command" if it cannot be
/// started. Thread-safe.
ProcessResult run_process(const ProcessOptions& options);

/// Runs the program with this process's own terminal and streams and returns its status: for ssh
/// sessions, editors.
int run_in_foreground(const std::vector<std::string>& arguments,
                      const std::map<std::string, std::string>& environment = {});

/// For messages only: arguments quoted as a shell would need them.
std::string shell_quoted(const std::vector<std::string>& arguments);

/// One word quoted so that a POSIX shell reads it back unchanged.
std::string shell_quoted(std::string_view word);

}  // namespace asiaq
