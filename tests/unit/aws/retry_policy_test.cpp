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

TEST(RetryPause, GivesWayToAHint) {
  EXPECT_DOUBLE_EQ(pause({.number = 1,
                          .failure = Failure::transient,
                          .hints = {.amz = Seconds(1.5), .http = std::nullopt}})
                       .value(),
                   1.5);
}

TEST(RetryPause, IsScaledAsOtherWaitsButForHints) {
  const Settings settings{.pause_scale = 0.1};
  EXPECT_DOUBLE_EQ(pause({.number = 2, .failure = Failure::throttling}, settings).value(), 0.2);
  EXPECT_DOUBLE_EQ(pause({.number = 2,
                          .failure = Failure::throttling,
                          .hints = {.amz = Seconds(1.5), .http = std::nullopt}},
                         settings)
                       .value(),
                   1.5);
}

TEST(RetryLimit, TenAttemptsForFaults) {
  EXPECT_TRUE(pause({.number = 9, .alike = 9, .failure = Failure::transient}));
  EXPECT_FALSE(pause({.number = 10, .alike = 10, .failure = Failure::transient}));
}

TEST(RetryLimit, FaultsAreCountedApartFromThrottling) {
  EXPECT_TRUE(pause({.number = 30, .alike = 1, .failure = Failure::transient}));
}

TEST(RetryLimit, NoAttemptBeginsAfterTenMinutesOfFaults) {
  EXPECT_TRUE(pause({.failure = Failure::transient, .elapsed = Seconds(599)}));
  EXPECT_FALSE(pause({.failure = Failure::transient, .elapsed = Seconds(600)}));
}

TEST(RetryLimit, TenMinutesWithoutProgressForThrottlingHoweverManyAttempts) {
  Attempt attempt{.number = 40, .alike = 40, .failure = Failure::throttling};
  attempt.elapsed = Seconds(5000);
  attempt.without_progress = Seconds(579);
  EXPECT_TRUE(pause(attempt));
  attempt.without_progress = Seconds(581);
  EXPECT_FALSE(pause(attempt));
}

TEST(RetryLimit, TheClockIsPutRightOnceAndCredentialsToo) {
  for (const Failure failure : {Failure::clock_skew, Failure::expired_credentials}) {
    EXPECT_TRUE(pause({.number = 20, .alike = 2, .failure = failure}));
    EXPECT_FALSE(pause({.number = 3, .alike = 3, .failure = failure}));
  }
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
        Code{"ThrottlingException", 400, Failure::throttling},
        Code{"ThrottledException", 400, Failure::throttling},
        Code{"RequestThrottledException", 400, Failure::throttling},
        Code{"RequestThrottled", 400, Failure::throttling},
        Code{"TooManyRequestsException", 400, Failure::throttling},
        Code{"ProvisionedThroughputExceededException", 400, Failure::throttling},
        Code{"TransactionInProgressException", 400, Failure::throttling},
        Code{"RequestLimitExceeded", 503, Failure::throttling},
        Code{"BandwidthLimitExceeded", 400, Failure::throttling},
        Code{"LimitExceededException", 400, Failure::throttling},
        Code{"SlowDown", 503, Failure::throttling},
        Code{"PriorRequestNotComplete", 400, Failure::throttling},
        Code{"EC2ThrottledException", 400, Failure::throttling},
        Code{"429", 429, Failure::throttling}, Code{"LimitExceeded", 409, Failure::definite},
        Code{"InternalError", 500, Failure::transient}, Code{"502", 502, Failure::transient},
        Code{"Unavailable", 503, Failure::transient}, Code{"504", 504, Failure::transient},
        Code{"501", 501, Failure::definite}, Code{"RequestTimeout", 400, Failure::transient},
        Code{"RequestTimeoutException", 400, Failure::transient},
        Code{"IDPCommunicationError", 400, Failure::transient},
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
  EXPECT_EQ(classify({}, operation, "Wrong", 429), Failure::definite) << "the model knows it";
  EXPECT_EQ(classify({}, operation, "Other", 429), Failure::throttling);
}

}  // namespace
}  // namespace asiaq::aws::retry
