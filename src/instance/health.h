// Whether a host that has booted still works, and what happens when it does not.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "instance/boot_state.h"
#include "instance/this_host.h"

namespace asiaq::instance {

/// /etc/disco-boot.conf: lines NAME=value.
struct AlarmSettings {
  Seconds reasonable_boot_time{300};
  Seconds reasonable_maintenance_time{300};
  std::filesystem::path maintenance_file = "/opt/wgen/maintenance/maintenance";
};

/// Unknown names are ignored; a time that is no number of seconds is a ConfigError.
AlarmSettings parse_alarm_settings(std::string_view text);

struct AlarmFacts {
  Seconds uptime{0};
  BootState state = BootState::booting;
  std::optional<Seconds> maintenance_age;  ///< Nothing: the host is not in maintenance.
};

/// What an alarm comes to before the smoke test is asked.
struct AlarmDecision {
  enum class Kind { fine, run_smoke_test, unhealthy } kind = Kind::fine;
  std::string reason;
};

AlarmDecision decide(const AlarmFacts& facts, const AlarmSettings& settings);

/// Looks at the host and marks it as unhealthy if need be.
void smoke_alarm(ThisHost& host);

/// Writes the reason to the system's log and tells auto scaling to replace the host, within the
/// group's grace period; with `smoketest_termination` 0 only the former.
void mark_unhealthy(ThisHost& host, const std::string& reason);

}  // namespace asiaq::instance
