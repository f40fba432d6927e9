#include "instance/boot_state.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>
#include <system_error>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "base/wait.h"

namespace asiaq::instance {

namespace fs = std::filesystem;

namespace {

constexpr Seconds longest_pause{15};

fs::path mark(const HostPaths& paths, const char* name) { return paths.run() / name; }

fs::path link_to_mark(const HostPaths& paths, const char* name) {
  return paths.in("tmp") / fmt::format("disco_{}", name);
}

void set_mark(const BootReport& report, const char* name, const std::string& content) {
  const fs::path file = mark(report.paths, name);
  const fs::path link = link_to_mark(report.paths, name);
  write_file(report.hands, file, content, {.mode = 0644});
  report.hands.carry_out({.verb = plan::Verb::create,
                          .resource = {.kind = "link", .name = link.string(), .id = {}},
                          .details = {"to " + file.string()},
                          .carry_out =
                              [file, link] {
                                // In a folder where anybody may have put something of that name:
                                // whatever it is makes way.
                                std::error_code code;
                                fs::remove(link, code);
                                fs::create_symlink(file, link, code);
                                if (code) log::warning("{}: {}", link.string(), code.message());
                              },
                          .after = {}});
}

void remove_mark(Hands& hands, const HostPaths& paths, const char* name) {
  remove_file(hands, mark(paths, name));
  remove_file(hands, link_to_mark(paths, name));
}

void write_banner(Hands& hands, const HostPaths& paths, const std::string& text) {
  write_file(hands, paths.banner(), text, {.mode = 0644});
}

/// Waits for the smoke test to pass; says what fails when that changes.
void wait_for_smoke_test(const BootReport& report) {
  const SteadyTime begin = report.clock->steady_now();
  Seconds pause = report.limits.interval;
  std::string said;
  for (;;) {
    const SmokeTestResult result = report.smoke_test();
    const std::string now = verdict(report.hostclass, result);
    if (now != said) log::info("{}", now);
    said = now;
    if (result.passed()) return;
    if (report.clock->steady_now() - begin + pause > report.limits.limit) {
      throw TimeoutError(fmt::format("{} (for {:.0f} s)", now, report.limits.limit.count()));
    }
    report.clock->sleep_for(pause);
    pause = std::min(pause * 1.2, longest_pause);
  }
}

/// Role credentials and the API may be late at boot.
void set_tags_with_patience(const BootReport& report,
                            const std::map<std::string, std::string>& tags) {
  const SteadyTime begin = report.clock->steady_now();
  for (Seconds pause = report.limits.interval;; pause = std::min(pause * 2, longest_pause)) {
    try {
      report.tagging.set(tags);
      return;
    } catch (const Error& error) {
      if (report.clock->steady_now() - begin + pause > report.limits.limit) throw;
      log::warning("the host passed its smoke test but cannot say so yet: {}", error.what());
    }
    report.clock->sleep_for(pause);
  }
}

}  // namespace

BootState boot_state(const HostPaths& paths) {
  if (fs::exists(mark(paths, "tested"))) return BootState::tested;
  return fs::exists(mark(paths, "booted")) ? BootState::booted : BootState::booting;
}

void report_boot(const BootReport& report) {
  write_banner(report.hands, report.paths,
               "This host has booted but has not passed its smoke test.\n");
  set_mark(report, "booted", rfc3339(report.clock->now()) + '\n');
  report.hands.carry_out({.verb = plan::Verb::wait,
                          .resource = {.kind = "smoke test", .name = report.hostclass, .id = {}},
                          .details = {},
                          .carry_out = [&report] { wait_for_smoke_test(report); },
                          .after = {}});
  const std::string seconds = fmt::format("{:.0f}", report.uptime().count());
  set_mark(report, "tested", fmt::format("{} after {} s\n", rfc3339(report.clock->now()), seconds));
  write_banner(report.hands, report.paths, "");
  set_tags_with_patience(report, {{"smoketest", "tested"}, {"boottime", seconds}});
}

void report_shutdown(Hands& hands, const HostPaths& paths, const Tagging& tagging) {
  remove_mark(hands, paths, "tested");
  remove_mark(hands, paths, "booted");
  write_banner(hands, paths, "This host is going down.\n");
  try {
    tagging.remove({"smoketest"});
  } catch (const Error& error) {
    log::error("the tag smoketest stays: {}", error.what());
  }
}

Seconds uptime_of_host() {
  const std::string uptime = read_file("/proc/uptime").value_or("0");
  const std::string status = read_file("/proc/1/stat").value_or("");
  // Fields after the command in brackets; starttime is the 22nd of all, so the 20th of these.
  std::istringstream fields(status.substr(std::min(status.rfind(')') + 1, status.size())));
  std::string field;
  long long started = 0;
  for (int i = 1; fields >> field; ++i) {
    if (i == 20) started = parse_integer(field).value_or(0);
  }
  const double since_start =
      std::strtod(uptime.c_str(), nullptr) -
      static_cast<double>(started) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  return Seconds(std::max(0.0, since_start));
}

}  // namespace asiaq::instance
