// The numbers are those of AWS's adaptive mode (botocore, tests/unit/retries/test_bucket.py).
#include "aws/retry/token_bucket.h"

#include <gtest/gtest.h>

namespace asiaq::aws::retry {
namespace {

TEST(TokenBucket, GivesPermitsBelowItsRate) {
  TokenBucket bucket(10, 0, 0);
  for (int now = 1; now <= 5; ++now) EXPECT_TRUE(bucket.take(0, now)) << "at " << now;
}

TEST(TokenBucket, GivesExactlyItsRate) {
  TokenBucket bucket(10, 0, 0);
  int given = 0;
  for (int tick = 1; tick <= 2000; ++tick) given += bucket.take(0, tick / 1000.0) ? 1 : 0;
  EXPECT_EQ(given, 20);
}

TEST(TokenBucket, SaysHowLongUntilThereAreEnough) {
  TokenBucket bucket(10, 0, 0);
  EXPECT_TRUE(bucket.take(0, 0.1));
  EXPECT_NEAR(bucket.until(1, 0.15).count(), 0.05, 1e-9);
  EXPECT_NEAR(bucket.until(3, 0.15).count(), 0.25, 1e-9);
  EXPECT_TRUE(bucket.take(0, 0.2));
}

TEST(TokenBucket, HoldsWhatComesInOneSecondAndAtLeastOne) {
  TokenBucket bucket(10, 0, 0);
  EXPECT_DOUBLE_EQ(bucket.capacity(), 10);
  EXPECT_TRUE(bucket.is_full(1));
  bucket.set_rate(0.5, 1);
  EXPECT_DOUBLE_EQ(bucket.rate(), 0.5);
  EXPECT_DOUBLE_EQ(bucket.capacity(), 1);
}

TEST(TokenBucket, LosesWhatALowerRateCannotHold) {
  TokenBucket bucket(10, 0, 0);
  for (int now = 1; now <= 5; ++now) EXPECT_TRUE(bucket.take(0, now));
  bucket.set_rate(1, 5);
  for (int now = 6; now <= 10; ++now) EXPECT_TRUE(bucket.take(0, now)) << "at " << now;
  EXPECT_FALSE(bucket.take(0, 10));
}

TEST(TokenBucket, FillsAtTheOldRateUntilTheRateChanges) {
  TokenBucket bucket(4, 0, 0);
  bucket.set_rate(100, 0.5);
  EXPECT_TRUE(bucket.take(1, 0.5)) << "two permits have come";
  EXPECT_FALSE(bucket.take(1, 0.5));
}

TEST(TokenBucket, IsNeverSlowerThanOnePermitInTwoSeconds) {
  TokenBucket bucket(0.1, 0, 0);
  EXPECT_DOUBLE_EQ(bucket.rate(), 0.5);
  bucket.set_rate(0, 1);
  EXPECT_DOUBLE_EQ(bucket.rate(), 0.5);
}

TEST(TokenBucket, LeavesPermitsForThoseAhead) {
  TokenBucket bucket(10, 2, 0);
  EXPECT_FALSE(bucket.take(2, 0));
  EXPECT_TRUE(bucket.take(1, 0));
}

}  // namespace
}  // namespace asiaq::aws::retry
