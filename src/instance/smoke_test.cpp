#include "instance/smoke_test.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/process.h"
#include "base/text.h"

namespace asiaq::instance {

namespace {

// The commands are the hostclass's own shell lines; their text is an argument, not part of a
// script.
constexpr const char* script = R"(. "$1" || exit; eval "$2")";

std::string on_one_line(std::string_view text) {
  std::string line(trimmed(text));
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

}  // namespace

std::vector<std::string> parse_smoke_test(std::string_view text) {
  std::vector<std::string> commands;
  for (const std::string& line : split(text, '\n')) {
    const auto command = trimmed(line);
    if (!command.empty() && command.front() != '#') commands.emplace_back(command);
  }
  return commands;
}

SmokeTestResult run_smoke_test(const std::vector<std::string>& commands,
                               const std::filesystem::path& functions, Seconds limit) {
  for (std::size_t i = 0; i < commands.size(); ++i) {
    SmokeTestResult failure{.failed_line = static_cast<int>(i) + 1, .command = commands[i]};
    try {
      const ProcessResult result = run_process(
          {.arguments = {"bash", "-c", script, "smoketest", functions.string(), commands[i]},
           .timeout = limit});
      if (result.status == 0) continue;
      failure.output = on_one_line(result.output);
    } catch (const TimeoutError&) {
      failure.output = fmt::format("no answer within {:.0f} s", limit.count());
    }
    return failure;
  }
  return {};
}

std::string verdict(const std::string& hostclass, const SmokeTestResult& result) {
  if (result.passed()) return fmt::format("{}: smoke test passed", hostclass);
  return fmt::format("{}: smoke test failed at command {}: {}{}{}", hostclass, result.failed_line,
                     result.command, result.output.empty() ? "" : ": ", result.output);
}

}  // namespace asiaq::instance
