#include "instance/health.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "instance/testing_mode.h"
#include "unit/instance/scratch.h"

namespace asiaq::instance {
namespace {

using testing::ElementsAre;
using Kind = AlarmDecision::Kind;

TEST(AlarmSettings, AreReadLikeAssignments) {
  const auto settings = parse_alarm_settings(
      "# c\nREASONABLE_BOOT_TIME=1000\nOTHER=x\nREASONABLE_MAINTENANCE_TIME=\"60\"\n"
      "MAINTENANCE_FILE=/tmp/m\n");
  EXPECT_EQ(settings.reasonable_boot_time, Seconds(1000));
  EXPECT_EQ(settings.reasonable_maintenance_time, Seconds(60));
  EXPECT_EQ(settings.maintenance_file, "/tmp/m");
  EXPECT_EQ(parse_alarm_settings("").reasonable_boot_time, Seconds(300));
  EXPECT_THROW(parse_alarm_settings("REASONABLE_BOOT_TIME=soon"), ConfigError);
}

TEST(Alarm, LooksAtBootAndMaintenanceBeforeItRunsTheSmokeTest) {
  const AlarmSettings settings;
  const auto kind = [&](Seconds uptime, BootState state, std::optional<Seconds> maintenance) {
    return decide({uptime, state, maintenance}, settings).kind;
  };
  EXPECT_EQ(kind(Seconds(299), BootState::booting, {}), Kind::fine);
  EXPECT_EQ(kind(Seconds(301), BootState::booting, {}), Kind::unhealthy);
  EXPECT_EQ(kind(Seconds(301), BootState::booted, {}), Kind::unhealthy);
  EXPECT_EQ(kind(Seconds(301), BootState::tested, {}), Kind::run_smoke_test);
  EXPECT_EQ(kind(Seconds(301), BootState::tested, Seconds(10)), Kind::fine);
  EXPECT_EQ(kind(Seconds(301), BootState::tested, Seconds(301)), Kind::unhealthy);
}

TEST(TestingMode, IsNotedAndActedOn) {
  const Scratch scratch;
  const HostPaths paths{scratch.path()};
  std::vector<std::string> actions;
  const auto note = [&](const std::string& verb, const std::string& unit) {
    actions.push_back(verb + ' ' + unit);
  };
  EXPECT_EQ(chosen_testing_mode(paths), std::nullopt);
  set_testing_mode(paths, TestingMode::off, note);
  set_testing_mode(paths, TestingMode::off, note);
  EXPECT_EQ(chosen_testing_mode(paths), TestingMode::off);
  EXPECT_THAT(actions, testing::SizeIs(6));
  EXPECT_EQ(actions.front(), "restart disco-associate-eni.service");
  actions.clear();
  set_testing_mode(paths, TestingMode::on, note);
  EXPECT_EQ(chosen_testing_mode(paths), TestingMode::on);
  EXPECT_THAT(actions,
              ElementsAre("stop disco-associate-eni.service", "stop disco-ip-route.service",
                          "stop disco-associate-eip.service"));
}

TEST(TestingMode, FailsIfAnyStepDoesButTriesAll) {
  const Scratch scratch;
  int tried = 0;
  EXPECT_THROW(set_testing_mode({scratch.path()}, TestingMode::off,
                                [&](const std::string&, const std::string&) {
                                  if (++tried == 1) throw Error("Host", "no");
                                }),
               Error);
  EXPECT_EQ(tried, 3);
}

}  // namespace
}  // namespace asiaq::instance
