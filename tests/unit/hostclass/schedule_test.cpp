#include "hostclass/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace asiaq::hostclass {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ScheduledActions, AreNamedAfterGroupAndTime) {
  EXPECT_EQ(action_name("ci_mhcfoo_1465400000", "30 10 * * *"),
            "ci_mhcfoo_1465400000_30_10_star_star_star");
  EXPECT_EQ(action_name("g", "*/5 1-3 * * 1,2"), "g_star/5_1-3_star_star_1,2");
}

TEST(ScheduledActions, CarryOnlyTheSizesOfTheirTime) {
  const auto actions = scheduled_actions(
      "g", {{"0 1 * * *", {.min = 1, .desired = 2}}, {"0 6 * * *", {.desired = 3}}});
  ASSERT_EQ(actions.size(), 2U);
  EXPECT_EQ(actions[0].sizes, (GivenSizes{.min = 1, .desired = 2}));
  EXPECT_EQ(actions[1].sizes, (GivenSizes{.desired = 3}));
  EXPECT_EQ(description(actions[0]), "0 1 * * *: min 1, desired 2");
}

TEST(ScheduleDifference, IsEmptyForEqualSchedules) {
  const auto actions = scheduled_actions("g", {{"0 1 * * *", {.min = 1}}});
  EXPECT_TRUE(difference(actions, actions).empty());
}

TEST(ScheduleDifference, PutsWhatIsNewOrChangedAndRemovesTheRest) {
  const auto current = scheduled_actions(
      "g", {{"0 1 * * *", {.min = 1}}, {"0 2 * * *", {.min = 2}}, {"0 3 * * *", {.min = 3}}});
  const auto wanted = scheduled_actions(
      "g", {{"0 1 * * *", {.min = 1}}, {"0 2 * * *", {.min = 9}}, {"0 4 * * *", {.min = 4}}});
  const ScheduleDifference result = difference(current, wanted);
  EXPECT_THAT(result.to_put, ElementsAre(wanted[1], wanted[2]));
  EXPECT_THAT(result.to_remove, ElementsAre("g_0_3_star_star_star"));
}

TEST(ScheduleDifference, ReplacesAnActionOfAnotherNameForTheSameTime) {
  const ScheduledAction foreign{"nightly", "0 1 * * *", {.min = 1}};
  const auto wanted = scheduled_actions("g", {{"0 1 * * *", {.min = 1}}});
  const ScheduleDifference result = difference({foreign}, wanted);
  EXPECT_EQ(result.to_put, wanted);
  EXPECT_THAT(result.to_remove, ElementsAre("nightly"));
  EXPECT_THAT(difference(wanted, wanted).to_remove, IsEmpty());
}

}  // namespace
}  // namespace asiaq::hostclass
