// The numbers are those of AWS's adaptive mode (botocore, tests/unit/retries/test_throttling.py).
#include "aws/retry/cubic.h"

#include <gtest/gtest.h>

namespace asiaq::aws::retry {
namespace {

TEST(Cubic, KnowsWhenTheOldRateIsReachedAgain) {
  Cubic cubic;
  cubic.fall(10, 0.7, 0);
  EXPECT_NEAR(cubic.recovery(), 1.9574338205844317, 1e-12);
}

TEST(Cubic, StaysBelowTheOldRateUntilThenAndGoesBeyondItAfterwards) {
  Cubic cubic;
  cubic.fall(10, 0.7, 0);
  const double recovery = cubic.recovery();
  for (const double part : {3.0, 2.0, 1.1}) EXPECT_LE(cubic.rate_at(recovery / part), 10);
  EXPECT_NEAR(cubic.rate_at(recovery), 10, 1e-12);
  EXPECT_GE(cubic.rate_at(recovery * 1.1), 10);
  EXPECT_GE(cubic.rate_at(recovery * 2), 10);
}

TEST(Cubic, FallsToAPartOfTheRate) {
  Cubic cubic;
  EXPECT_NEAR(cubic.fall(8, 0.7, 1), 5.6, 1e-12);
  EXPECT_DOUBLE_EQ(cubic.highest(), 8);
  EXPECT_NEAR(cubic.recovery(), 1.8171205928321397, 1e-12);
}

TEST(Cubic, BeginsAtTheRateItFellTo) {
  Cubic cubic;
  EXPECT_DOUBLE_EQ(cubic.fall(10, 0.6, 1), 6);
  EXPECT_NEAR(cubic.rate_at(1), 6, 1e-12);
}

}  // namespace
}  // namespace asiaq::aws::retry
