// The numbers are those of AWS's adaptive mode (botocore, tests/unit/retries/test_adaptive.py).
#include "aws/retry/rate_meter.h"

#include <gtest/gtest.h>

namespace asiaq::aws::retry {
namespace {

TEST(RateMeter, BeginsAtZero) { EXPECT_DOUBLE_EQ(RateMeter(0).rate(), 0); }

TEST(RateMeter, WeighsTheLatestSlotByFourFifths) {
  RateMeter meter(0);
  EXPECT_DOUBLE_EQ(meter.record(1), 0.8);
}

TEST(RateMeter, ArrivesAtASteadyRate) {
  RateMeter meter(0);
  for (int now = 1; now <= 20; ++now) meter.record(now);
  EXPECT_NEAR(meter.rate(), 1, 1e-7);
}

TEST(RateMeter, FollowsAChangeOfTheRate) {
  RateMeter meter(0);
  for (const double now : {1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0}) meter.record(now);
  EXPECT_GE(meter.rate(), 1.99);
  EXPECT_LE(meter.rate(), 2);
  meter.record(14);
  EXPECT_GE(meter.rate(), 0.1);
  EXPECT_LE(meter.rate(), 2);
}

TEST(RateMeter, CountsAllOfAMoment) {
  RateMeter meter(0);
  for (const double now : {1.0, 1.0, 1.0, 2.0, 3.0}) meter.record(now);
  EXPECT_GE(meter.rate(), 1);
}

TEST(RateMeter, CountsBySlotsOfHalfASecond) {
  RateMeter meter(0);
  for (const double now : {0.1, 0.2, 0.3, 0.4, 0.49}) EXPECT_DOUBLE_EQ(meter.record(now), 0);
  EXPECT_DOUBLE_EQ(meter.latest(0.49), 10);
  EXPECT_DOUBLE_EQ(meter.record(0.5), 12 * 0.8);
}

}  // namespace
}  // namespace asiaq::aws::retry
