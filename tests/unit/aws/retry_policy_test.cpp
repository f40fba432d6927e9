#include <gtest/gtest.h>

#include "aws/retry/policy.h"

namespace asiaq::aws::retry {
namespace {

// With the random number at its upper end the pause is the ceiling itself.
double always_one() { return 1; }

std::optional<double> pause(Attempt attempt, Settings settings = {}) {
  const auto found = pause_before_next(settings, attempt, always_one);
  return found ? std::optional(found->count()) : std::nullopt;
}

TEST(RetryPause, DoublesFromFiftyMillisecondsToTwentySecondsForFaults) {
  const Settings settings{.named_attempts = 100};
  const double expected[] = {0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 20, 20};
  for (int number = 1; number <= 11; ++number) {
    EXPECT_DOUBLE_EQ(pause({.number = number, .failure = Failure::transient}, settings).value(),
                     expected[number - 1])
        << "after attempt " << number;
  }
}

TEST(RetryPause, DoublesFromOneSecondForThrottling) {
  const double expected[] = {1, 2, 4, 8, 16, 20, 20};
  for (int number = 1; number <= 7; ++number) {
    EXPECT_DOUBLE_EQ(pause({.number = number, .failure = Failure::throttling}).value(),
                     expected[number - 1]);
  }
}

TEST(RetryPause, StartsAtHalfOfThatForDynamodb) {
  const double expected[] = {0.025, 0.05, 0.1};
  for (int number = 1; number <= 3; ++number) {
    EXPECT_DOUBLE_EQ(
        pause({.number = number, .failure = Failure::transient, .dynamodb = true}).value(),
        expected[number - 1]);
  }
}

TEST(RetryPause, IsARandomPartOfTheCeiling) {
  const auto found =
      pause_before_next({}, {.number = 5, .failure = Failure::transient}, [] { return 0.25; });
  EXPECT_DOUBLE_EQ(found.value().count(), 0.2);
}

struct Hint {
  std::string text;
  double pause;
};
class RetryHint : public testing::TestWithParam<Hint> {};

TEST_P(RetryHint, MovesThePauseByAtMostFiveSeconds) {
  EXPECT_DOUBLE_EQ(
      pause({.number = 1, .failure = Failure::transient, .hint = GetParam().text}).value(),
      GetParam().pause);
}

INSTANTIATE_TEST_SUITE_P(Table, RetryHint,
                         testing::Values(Hint{"1500", 1.5}, Hint{"0", 0.05}, Hint{"10000", 5.05},
                                         Hint{"invalid", 0.05}, Hint{"-100", 0.05}, Hint{"", 0.05},
                                         Hint{" 1500 ", 1.5}, Hint{"99999999999999999999", 0.05}));

TEST(RetryLimit, TenAttemptsForFaults) {
  EXPECT_TRUE(pause({.number = 9, .failure = Failure::transient}));
  EXPECT_FALSE(pause({.number = 10, .failure = Failure::transient}));
}

TEST(RetryLimit, TenMinutesForThrottlingHoweverManyAttempts) {
  EXPECT_TRUE(pause({.number = 40, .failure = Failure::throttling, .elapsed = Seconds(579)}));
  EXPECT_FALSE(pause({.number = 40, .failure = Failure::throttling, .elapsed = Seconds(581)}));
}

TEST(RetryLimit, AnAttemptNumberThatTheUserNamedCountsForAll) {
  const Settings settings{.named_attempts = 3};
  for (const Failure failure : {Failure::transient, Failure::throttling}) {
    EXPECT_TRUE(pause({.number = 2, .failure = failure}, settings));
    EXPECT_FALSE(pause({.number = 3, .failure = failure}, settings));
  }
}

TEST(RetryLimit, NothingIsTriedAgainAfterADefiniteError) {
  EXPECT_FALSE(pause({.number = 1, .failure = Failure::definite}));
}

struct Code {
  std::string code;
  int status;
  Failure failure;
};
class RetryClass : public testing::TestWithParam<Code> {};

TEST_P(RetryClass, IsByCodeThenByStatus) {
  EXPECT_EQ(classify({}, {}, GetParam().code, GetParam().status), GetParam().failure);
}

INSTANTIATE_TEST_SUITE_P(
    Table, RetryClass,
    testing::Values(
        Code{"Throttling", 400, Failure::throttling},
        Code{"RequestLimitExceeded", 503, Failure::throttling},
        Code{"ThrottlingException", 400, Failure::throttling},
        Code{"SlowDown", 503, Failure::throttling},
        Code{"EC2ThrottledException", 400, Failure::throttling},
        Code{"TooManyRequestsException", 429, Failure::throttling},
        Code{"ProvisionedThroughputExceededException", 400, Failure::throttling},
        Code{"429", 429, Failure::throttling}, Code{"LimitExceeded", 409, Failure::definite},
        Code{"InternalError", 500, Failure::transient}, Code{"502", 502, Failure::transient},
        Code{"Unavailable", 503, Failure::transient}, Code{"504", 504, Failure::transient},
        Code{"501", 501, Failure::definite}, Code{"RequestTimeout", 400, Failure::transient},
        Code{"UnauthorizedOperation", 403, Failure::definite},
        Code{"InvalidVpcID.NotFound", 400, Failure::definite},
        Code{"ExpiredToken", 400, Failure::expired_credentials},
        Code{"RequestTimeTooSkewed", 403, Failure::clock_skew},
        Code{"AuthFailure", 401, Failure::clock_skew}));

TEST(RetryClass, ListensToTheModel) {
  const ErrorShape errors[] = {
      {.code = "Busy", .name = "BusyException", .retryable = true},
      {.code = "TooFast", .name = "TooFast", .retryable = true, .throttling = true},
      {.code = "Wrong", .name = "Wrong"}};
  Operation operation;
  operation.errors = errors;
  EXPECT_EQ(classify({}, operation, "Busy", 400), Failure::transient);
  EXPECT_EQ(classify({}, operation, "TooFast", 400), Failure::throttling);
  EXPECT_EQ(classify({}, operation, "Wrong", 400), Failure::definite);
}

}  // namespace
}  // namespace asiaq::aws::retry
