#include "monitor/notification.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/thrown.h"

namespace asiaq::monitor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<Notification> parsed(const std::string& lines, const char* environment = "demo") {
  return notifications_of(config::Ini::parse("[notifications]\n" + lines, "alarms.ini"),
                          environment);
}

TEST(Notifications, AreThoseOfTheEnvironmentWithOrWithoutATeam) {
  const auto result = parsed(
      "team_demo_critical=a@x.com\ndemo_info=b@x.com\nteam_other_critical=c@x.com\n"
      "big_team_demo_info=d@x.com\n");
  ASSERT_EQ(result.size(), 3U);
  EXPECT_EQ(result[0].topic, "team_demo_critical");
  EXPECT_EQ(result[1].topic, "demo_info");
  EXPECT_EQ(result[2].topic, "big_team_demo_info");
}

TEST(Notifications, TellAddressesAndUrls) {
  const auto result = parsed("demo_critical=a@x.com, ,https://u:p@h/x , HTTP://h/y\n");
  ASSERT_EQ(result.size(), 1U);
  EXPECT_THAT(result[0].subscribers,
              ElementsAre(Subscriber{"email", "a@x.com"}, Subscriber{"https", "https://u:p@h/x"},
                          Subscriber{"http", "HTTP://h/y"}));
}

TEST(Notifications, MatchTheEnvironmentInAnyCase) {
  EXPECT_EQ(parsed("team_demo_info=a@x.com\n", "Demo").size(), 1U);
}

TEST(Notifications, RefuseAnotherLevel) {
  EXPECT_THAT(test::thrown_by([] { parsed("team_demo_urgent=a@x.com\n"); }),
              HasSubstr("level 'urgent' is neither critical nor info"));
}

TEST(Notifications, IgnoreAnotherLevelOfAnotherEnvironment) {
  EXPECT_THAT(parsed("team_other_urgent=a@x.com\n"), IsEmpty());
}

TEST(Notifications, RefuseASubscriberThatIsNeither) {
  EXPECT_THAT(test::thrown_by([] { parsed("demo_info=nobody\n"); }),
              HasSubstr("'nobody' is neither a URL nor an e-mail address"));
}

}  // namespace
}  // namespace asiaq::monitor
