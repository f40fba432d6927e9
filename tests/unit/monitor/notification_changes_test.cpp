#include "monitor/notification_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/session.h"
#include "aws/sns/client.h"

namespace asiaq::monitor {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Subscriber mail{"email", "a@x.com"};
const Subscriber other{"email", "b@x.com"};

std::vector<std::string> planned(const std::vector<Notification>& wanted,
                                 const std::map<std::string, ObservedTopic>& observed) {
  aws::Session session(aws::SessionOptions{.access = aws::Access::read_only, .region = "xx"});
  plan::Plan plan;
  add_notifications(plan, aws::sns::Client(session), wanted, observed);
  std::vector<std::string> names;
  for (const plan::Change& change : plan.changes()) {
    names.push_back(change.resource.kind + " " + change.resource.name);
  }
  return names;
}

TEST(Notifications, AddTopicAndSubscriptions) {
  EXPECT_THAT(planned({{"demo_info", {mail, other}}}, {}),
              ElementsAre("topic demo_info", "subscription demo_info a@x.com",
                          "subscription demo_info b@x.com"));
}

TEST(Notifications, SubscribeNobodyTwice) {
  EXPECT_THAT(planned({{"demo_info", {mail}}}, {{"demo_info", {"arn:demo_info", {mail}}}}),
              IsEmpty());
  EXPECT_THAT(planned({{"demo_info", {mail, other}}}, {{"demo_info", {"arn:demo_info", {mail}}}}),
              ElementsAre("subscription demo_info b@x.com"));
}

TEST(Notifications, ThatAreNotConfiguredAreNamed) {
  EXPECT_THAT(
      unconfigured({{"demo_info", {mail}}},
                   {{"demo_info", {"arn:demo_info", {mail, other}}},
                    {"team_demo_critical", {"arn:team_demo_critical", {mail}}},
                    {"team_demo2_critical", {"arn:team_demo2_critical", {mail}}}},
                   "demo"),
      ElementsAre("subscription of b@x.com to topic demo_info", "topic team_demo_critical"));
}

}  // namespace
}  // namespace asiaq::monitor
