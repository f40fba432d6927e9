// The smoke test of a host: one shell command a line, written by its hostclass's script.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace asiaq::instance {

struct SmokeTestResult {
  int failed_line = 0;  ///< Index from 1 of the first command that failed; 0: passed.
  std::string command;  ///< That command.
  std::string output;   ///< What it said.

  bool passed() const { return failed_line == 0; }
};

/// The commands; blank lines and lines that begin with `#` are none.
std::vector<std::string> parse_smoke_test(std::string_view text);

/// Runs the commands one after another with bash until one fails, each with the functions of
/// `functions` (get_status.sh) defined. A command that takes longer than `limit` has failed.
SmokeTestResult run_smoke_test(const std::vector<std::string>& commands,
                               const std::filesystem::path& functions, Seconds limit = Seconds(60));

/// One line: hostclass and verdict.
std::string verdict(const std::string& hostclass, const SmokeTestResult& result);

}  // namespace asiaq::instance
