#include "hostclass/names.h"

#include <gtest/gtest.h>

namespace asiaq::hostclass {
namespace {

TEST(GroupName, CarriesTheSecondItWasMadeIn) {
  EXPECT_EQ(new_group_name("ci", "mhcfoo", from_unix_seconds(1'465'400'000), {}),
            "ci_mhcfoo_1465400000");
}

TEST(GroupName, TakesTheNextSecondWhenTheNameIsTaken) {
  EXPECT_EQ(new_group_name("ci", "mhcfoo", from_unix_seconds(1'465'400'000),
                           {"ci_mhcfoo_1465400000", "ci_mhcfoo_1465400001"}),
            "ci_mhcfoo_1465400002");
}

TEST(LaunchTemplateName, EndsInANumberOfAtMostSevenDigits) {
  EXPECT_EQ(launch_template_name("ci", "mhcfoo", 42), "ci_mhcfoo_42");
  for (int i = 0; i < 1000; ++i) {
    const int number = random_launch_template_number();
    EXPECT_GE(number, 0);
    EXPECT_LE(number, 9'999'998);
  }
}

TEST(HostclassInName, IsWhatStandsBetweenFirstAndLastUnderscore) {
  EXPECT_EQ(hostclass_in("ci_mhcfoo_1465400000"), "mhcfoo");
  EXPECT_EQ(hostclass_in("ci_mhc_foo_bar_1465400000"), "mhc_foo_bar");
}

TEST(HostclassInName, IsNothingForNamesOfAnotherForm) {
  EXPECT_EQ(hostclass_in("ci"), std::nullopt);
  EXPECT_EQ(hostclass_in("ci_mhcfoo"), std::nullopt);
  EXPECT_EQ(hostclass_in("ci__1"), std::nullopt);
}

TEST(BelongsToEnvironment, ComparesTheWholeFirstPart) {
  EXPECT_TRUE(belongs_to_environment("ci_mhcfoo_1", "ci"));
  EXPECT_FALSE(belongs_to_environment("ci-two_mhcfoo_1", "ci"));
  EXPECT_FALSE(belongs_to_environment("ci", "ci"));
}

}  // namespace
}  // namespace asiaq::hostclass
