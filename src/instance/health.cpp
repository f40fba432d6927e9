#include "instance/health.h"

#include <fmt/format.h>
#include <syslog.h>

#include "aws/autoscaling/client.h"
#include "base/atomic_file.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "instance/boot_services.h"

namespace asiaq::instance {

namespace fs = std::filesystem;

namespace {

constexpr const char* settings_file = "etc/disco-boot.conf";

Seconds seconds_of(const std::string& name, std::string_view value) {
  const auto number = parse_integer(value);
  if (!number || *number < 0) {
    throw ConfigError(
        fmt::format("/{}: {} is no number of seconds: {}", settings_file, name, value));
  }
  return Seconds(static_cast<double>(*number));
}

void log_as_unhealthy(const std::string& reason) {
  ::openlog("disco.smoketest", LOG_PID, LOG_LOCAL0);
  ::syslog(LOG_ERR, "%s", reason.c_str());
  ::closelog();
  log::error("this host is unhealthy: {}", reason);
}

std::optional<Seconds> age(const fs::path& file) {
  std::error_code code;
  const auto changed = fs::last_write_time(file, code);
  if (code) return std::nullopt;
  return Seconds(fs::file_time_type::clock::now() - changed);
}

}  // namespace

AlarmSettings parse_alarm_settings(std::string_view text) {
  AlarmSettings settings;
  for (const std::string& line : split(text, '\n')) {
    const auto equals = line.find('=');
    if (equals == std::string::npos) continue;
    const std::string name(trimmed(std::string_view(line).substr(0, equals)));
    std::string_view value = trimmed(std::string_view(line).substr(equals + 1));
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
        value.front() == value.back()) {
      value = value.substr(1, value.size() - 2);
    }
    if (name == "REASONABLE_BOOT_TIME") settings.reasonable_boot_time = seconds_of(name, value);
    if (name == "REASONABLE_MAINTENANCE_TIME") {
      settings.reasonable_maintenance_time = seconds_of(name, value);
    }
    if (name == "MAINTENANCE_FILE") settings.maintenance_file = value;
  }
  return settings;
}

AlarmDecision decide(const AlarmFacts& facts, const AlarmSettings& settings) {
  using Kind = AlarmDecision::Kind;
  if (facts.uptime < settings.reasonable_boot_time) return {};
  if (facts.state != BootState::tested) {
    return {Kind::unhealthy, fmt::format("no smoke test passed within {:.0f} s of booting",
                                         settings.reasonable_boot_time.count())};
  }
  if (!facts.maintenance_age) return {Kind::run_smoke_test, {}};
  if (*facts.maintenance_age <= settings.reasonable_maintenance_time) return {};
  return {Kind::unhealthy,
          fmt::format("in maintenance for {:.0f} s", facts.maintenance_age->count())};
}

void smoke_alarm(ThisHost& host) {
  const AlarmSettings settings =
      parse_alarm_settings(read_file(host.paths().in(settings_file)).value_or(""));
  const AlarmDecision decision = decide(
      {uptime_of_host(), boot_state(host.paths()), age(settings.maintenance_file)}, settings);
  if (decision.kind == AlarmDecision::Kind::unhealthy) mark_unhealthy(host, decision.reason);
  if (decision.kind != AlarmDecision::Kind::run_smoke_test) return;
  const SmokeTestResult result = test_host(host);
  log::info("{}", verdict(host.hostclass(), result));
  if (!result.passed() && !age(settings.maintenance_file)) {
    mark_unhealthy(host, verdict(host.hostclass(), result));
  }
}

void mark_unhealthy(ThisHost& host, const std::string& reason) {
  const bool for_the_log_only = host.user_data().get("smoketest_termination") == "0";
  host.hands().carry_out(
      {.verb = plan::Verb::update,
       .resource = {.kind = "instance", .name = host.instance_id(), .id = {}},
       .details = {"unhealthy: " + reason,
                   for_the_log_only ? "in the log only" : "auto scaling may replace it"},
       .carry_out =
           [&host, reason, for_the_log_only] {
             log_as_unhealthy(reason);
             if (for_the_log_only) return;
             aws::autoscaling::Client(host.session())
                 .set_instance_health({.instance_id = host.instance_id(),
                                       .health_status = "Unhealthy",
                                       .should_respect_grace_period = true});
           },
       .after = {}});
}

}  // namespace asiaq::instance
