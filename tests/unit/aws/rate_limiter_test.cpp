#include "aws/retry/rate_limiter.h"

#include <gtest/gtest.h>

namespace asiaq::aws::retry {
namespace {

using enum RateLimiter::Answer;

// Answers at a steady pace.
double run(RateLimiter& limiter, double from, double until, double per_second,
           RateLimiter::Answer answer) {
  for (double now = from; now < until; now += 1 / per_second) limiter.record(answer, now);
  return until;
}

TEST(RateLimiter, LetsEverythingPassBeforeTheFirstThrottling) {
  RateLimiter limiter;
  run(limiter, 0, 10, 100, accepted);
  EXPECT_FALSE(limiter.limited());
  EXPECT_EQ(limiter.acquire(10).count(), 0);
}

TEST(RateLimiter, FallsToSeventyPercentOfWhatWasMeasured) {
  RateLimiter limiter;
  const double now = run(limiter, 0, 10, 40, accepted);
  limiter.record(throttled, now);
  EXPECT_TRUE(limiter.limited());
  EXPECT_NEAR(limiter.rate(), 0.7 * 40, 2);
}

TEST(RateLimiter, GrowsBackToWhereItWasThrottledAndBeyond) {
  RateLimiter limiter;
  double now = run(limiter, 0, 10, 40, accepted);
  limiter.record(throttled, now);
  const double low = limiter.rate();
  // k = cbrt(40 * 0.3 / 0.4), about three seconds, is when the old rate is reached again.
  now = run(limiter, now, now + 3.2, 30, accepted);
  EXPECT_GT(limiter.rate(), low);
  EXPECT_NEAR(limiter.rate(), 40, 3);
  run(limiter, now, now + 4, 40, accepted);
  EXPECT_GT(limiter.rate(), 45);
}

TEST(RateLimiter, NeverAllowsMoreThanTwiceWhatIsMeasured) {
  RateLimiter limiter;
  double now = run(limiter, 0, 10, 10, accepted);
  limiter.record(throttled, now);
  now = run(limiter, now, now + 100, 2, accepted);
  EXPECT_LE(limiter.rate(), 4.5);
}

TEST(RateLimiter, KeepsAtLeastOneCallInTwoSeconds) {
  RateLimiter limiter;
  for (int i = 0; i < 50; ++i) limiter.record(throttled, i);
  EXPECT_GE(limiter.rate(), 0.5);
}

TEST(RateLimiter, HandsOutPermitsOfTheFutureInOrder) {
  RateLimiter limiter;
  const double now = run(limiter, 0, 10, 40, accepted);
  limiter.record(throttled, now);
  double last = 0;
  for (int i = 0; i < 100; ++i) {
    const double wait = limiter.acquire(now).count();
    EXPECT_GE(wait, last);
    last = wait;
  }
  EXPECT_NEAR(last, 100 / limiter.rate(), 1.5);
}

TEST(RateLimiters, GiveTheSameLimiterForTheSameKey) {
  RateLimiters limiters;
  EXPECT_EQ(&limiters.of("ec2/us-east-1/read"), &limiters.of("ec2/us-east-1/read"));
  EXPECT_NE(&limiters.of("ec2/us-east-1/read"), &limiters.of("ec2/us-east-1/write"));
}

}  // namespace
}  // namespace asiaq::aws::retry
