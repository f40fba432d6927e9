#include <gtest/gtest.h>

#include "aws/retry/quota.h"

namespace asiaq::aws::retry {
namespace {

TEST(RetryQuota, FallsWithEveryRetry) {
  Quota quota(500);
  for (const int left : {486, 472, 458}) {
    EXPECT_TRUE(quota.pay());
    EXPECT_EQ(quota.left(), left);
  }
}

TEST(RetryQuota, RefusesWhatItCannotPay) {
  Quota quota(20);
  EXPECT_TRUE(quota.pay());
  EXPECT_FALSE(quota.pay());
  EXPECT_EQ(quota.left(), 6);
}

TEST(RetryQuota, GetsThePriceOfARetryBackThatHelped) {
  Quota quota(500);
  quota.pay();
  quota.pay();
  quota.succeeded(true);
  EXPECT_EQ(quota.left(), 486);
}

TEST(RetryQuota, GetsALittleBackForASuccessWithoutRetry) {
  Quota quota(500);
  quota.pay();
  quota.succeeded(false);
  EXPECT_EQ(quota.left(), 487);
}

TEST(RetryQuota, NeverHoldsMoreThanAtTheBeginning) {
  Quota quota(500);
  quota.succeeded(false);
  quota.succeeded(true);
  EXPECT_EQ(quota.left(), 500);
}

TEST(RetryQuota, LastsForAllRetriesOfSixteenCalls) {
  Quota quota;
  for (int retry = 0; retry < 16 * 9; ++retry) EXPECT_TRUE(quota.pay());
  EXPECT_FALSE(quota.pay());
}

}  // namespace
}  // namespace asiaq::aws::retry
