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

/// Writes files and notes the programs that would run.
class NotingHands final : public Hands {
 public:
  void carry_out(plan::Change change) override {
    if (change.resource.kind == "file") return change.carry_out();
    ran.push_back(change.resource.name);
    if (ran.back() == failing) throw Error("Command", "no");
  }
  std::vector<std::string> ran;
  std::string failing;
};

TEST(TestingMode, IsNotedAndActedOn) {
  const Scratch scratch;
  const HostPaths paths{scratch.path()};
  NotingHands hands;
  EXPECT_EQ(chosen_testing_mode(paths), std::nullopt);
  set_testing_mode(hands, paths, TestingMode::off);
  set_testing_mode(hands, paths, TestingMode::off);
  EXPECT_EQ(chosen_testing_mode(paths), TestingMode::off);
  EXPECT_THAT(hands.ran, testing::SizeIs(6));
  EXPECT_EQ(hands.ran.front(), "systemctl restart disco-associate-eni.service");
  hands.ran.clear();
  set_testing_mode(hands, paths, TestingMode::on);
  EXPECT_EQ(chosen_testing_mode(paths), TestingMode::on);
  EXPECT_THAT(hands.ran, ElementsAre("systemctl stop disco-associate-eni.service",
                                     "systemctl stop disco-ip-route.service",
                                     "systemctl stop disco-associate-eip.service"));
}

TEST(TestingMode, FailsIfAnyStepDoesButTriesAll) {
  const Scratch scratch;
  NotingHands hands;
  hands.failing = "systemctl restart disco-associate-eni.service";
  EXPECT_THROW(set_testing_mode(hands, {scratch.path()}, TestingMode::off), Error);
  EXPECT_EQ(hands.ran.size(), 3U);
}

}  // namespace
}  // namespace asiaq::instance
