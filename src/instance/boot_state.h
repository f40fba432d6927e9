// How far a host has come: not booted, booted, tested. Marks in /run/disco say so to everybody on
// the host (links in /tmp are for older readers), tags of the instance to everybody else.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/wait.h"
#include "instance/smoke_test.h"
#include "instance/this_host.h"

namespace asiaq::instance {

/// The values are exit statuses of `asiaq instance booted status`.
enum class BootState : int { tested = 0, booted = 1, booting = 2 };

BootState boot_state(const HostPaths& paths);

/// Sets and takes back the tags of this instance.
struct Tagging {
  std::function<void(const std::map<std::string, std::string>&)> set;
  std::function<void(const std::vector<std::string>&)> remove;
};

struct BootReport {
  Hands& hands;
  HostPaths paths;
  std::string hostclass;
  std::function<SmokeTestResult()> smoke_test;
  Tagging tagging;
  std::function<Seconds()> uptime;
  WaitLimits limits{.interval = Seconds(1), .limit = Seconds(3600)};
  Clock* clock = &system_clock();
};

/// Marks the host as booted, repeats the smoke test (ever less often, at most every 15 s) until it
/// passes, then marks the host as tested and tags it smoketest=tested and boottime=<seconds>.
/// Throws TimeoutError naming the command that fails when the limit is over.
void report_boot(const BootReport& report);

/// Before the host goes down: takes the marks and the tag `smoketest` back. Only the tag can fail,
/// and that is logged.
void report_shutdown(Hands& hands, const HostPaths& paths, const Tagging& tagging);

/// Seconds since this host's first process was started (in a container the machine's own uptime
/// says nothing).
Seconds uptime_of_host();

}  // namespace asiaq::instance
