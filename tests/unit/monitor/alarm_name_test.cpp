#include "monitor/alarm_name.h"

#include <gtest/gtest.h>

namespace asiaq::monitor {
namespace {

const std::vector<std::string> team_topic{"arn:aws:sns:us-west-2:123456789012:team_demo_critical"};

TEST(AlarmName, HasTheEnvironmentFirstOrBehindATeam) {
  EXPECT_TRUE(is_alarm_of("demo_mhcweb_CPU_max", {}, "demo"));
  EXPECT_TRUE(is_alarm_of("team_demo_mhcweb_CPU_max", {}, "demo"));
  EXPECT_FALSE(is_alarm_of("team_other_mhcweb_CPU_max", {}, "demo"));
  EXPECT_FALSE(is_alarm_of("demo2_mhcweb_CPU_max", {}, "demo"));
}

TEST(AlarmName, OfAnotherFormIsNobodys) {
  EXPECT_FALSE(is_alarm_of("cpu-high", {}, "demo"));
  EXPECT_FALSE(is_alarm_of("demo_mhcweb_CPU_high", {}, "demo"));
  EXPECT_FALSE(is_alarm_of("demo_CPU_max", {}, "demo"));
}

TEST(AlarmName, IsReadAsItsTopicSays) {
  // A metric with an underscore and no team.
  const std::vector<std::string> topic{"arn:aws:sns:us-west-2:123456789012:demo_info"};
  EXPECT_TRUE(is_alarm_of("demo_mhcweb_disk_used_max", topic, "demo"));
  EXPECT_FALSE(is_alarm_of("demo_mhcweb_disk_used_max", topic, "mhcweb"));
  EXPECT_TRUE(is_alarm_of("team_demo_mhcweb_CPU_max", team_topic, "demo"));
  EXPECT_FALSE(is_alarm_of("team_demo_mhcweb_CPU_max", team_topic, "team"));
}

}  // namespace
}  // namespace asiaq::monitor
