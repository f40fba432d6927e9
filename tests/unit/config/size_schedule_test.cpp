#include "config/size_schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/thrown.h"

namespace asiaq::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Entry = SizeSchedule::Entry;

TEST(SizeSchedule, IsEmptyForEmptyText) {
  EXPECT_TRUE(SizeSchedule::parse("").empty());
  EXPECT_TRUE(SizeSchedule::parse("  ").empty());
  EXPECT_EQ(SizeSchedule::parse("").smallest(), std::nullopt);
}

TEST(SizeSchedule, KeepsAConstantWithZeroBeingOne) {
  EXPECT_THAT(SizeSchedule::parse("5").entries(), ElementsAre(Entry{"", 5}));
  EXPECT_EQ(SizeSchedule::parse(" 0 ").largest(), 0);
}

TEST(SizeSchedule, TakesSizesByTheClock) {
  const SizeSchedule schedule = SizeSchedule::parse("1@30 10 * * *:5@45 1 * * *");
  EXPECT_THAT(schedule.entries(), ElementsAre(Entry{"30 10 * * *", 1}, Entry{"45 1 * * *", 5}));
  EXPECT_EQ(schedule.smallest(), 1);
  EXPECT_EQ(schedule.largest(), 5);
  EXPECT_EQ(schedule.at("45 1 * * *"), 5);
  EXPECT_EQ(schedule.at("0 0 * * *"), std::nullopt);
}

TEST(SizeSchedule, LetsTheLastOfEqualRecurrencesWin) {
  EXPECT_THAT(SizeSchedule::parse("2@0 1 * * *:3@0 1  * * *").entries(),
              ElementsAre(Entry{"0 1 * * *", 3}));
}

class BadSize : public testing::TestWithParam<std::pair<std::string, std::string>> {};

TEST_P(BadSize, IsRefusedWithItsReason) {
  EXPECT_THAT(test::thrown_by([] { SizeSchedule::parse(GetParam().first); }),
              HasSubstr(GetParam().second))
      << "for '" << GetParam().first << "'";
}

INSTANTIATE_TEST_SUITE_P(
    Texts, BadSize,
    testing::Values(std::pair{"abc", "'abc' is not a size"}, std::pair{"-1", "'-1' is not a size"},
                    std::pair{"1.5", "is not a size"}, std::pair{"1 2", "is not a size"},
                    std::pair{"99999999999", "is not a size"},
                    std::pair{"1@0 1 * * *:5", "mixes sizes with and without a schedule"},
                    std::pair{"1@x:5", "not the five fields"}, std::pair{"5:", "mixes"},
                    std::pair{"1@0 1 * * *:", "has an empty part"},
                    std::pair{"@0 1 * * *", "a part without a size"},
                    std::pair{"x@0 1 * * *", "'x' is not a size"},
                    std::pair{"-2@0 1 * * *", "'-2' is not a size"},
                    std::pair{"1@", "not the five fields"}, std::pair{"1@ ", "not the five fields"},
                    std::pair{"1@0 1 * *", "not the five fields"},
                    std::pair{"1@0 1 * * * *", "not the five fields"},
                    std::pair{"1@0 1 * * $", "has '$' in a schedule"}),
    [](const auto& tested) { return "Case" + std::to_string(tested.index); });

TEST(ScheduledSizes, AreTheUnionOfAllRecurrences) {
  EXPECT_THAT(
      scheduled_sizes(SizeSchedule::parse("1@0 1 * * *"),
                      SizeSchedule::parse("2@0 1 * * *:3@0 6 * * *"), SizeSchedule(9)),
      ElementsAre(ScheduledSizes{"0 1 * * *", 1, 2, {}}, ScheduledSizes{"0 6 * * *", {}, 3, {}}));
  EXPECT_THAT(scheduled_sizes(SizeSchedule(1), SizeSchedule(1), {}), IsEmpty());
}

}  // namespace
}  // namespace asiaq::config
