#include <gtest/gtest.h>

#include "aws/retry/hints.h"
#include "aws/time_text.h"

namespace asiaq::aws::retry {
namespace {

const Timestamp kNow = parse_time("2026-11-27T12:00:00Z").value();

Hints hints_of(std::initializer_list<http::Headers::Field> fields) {
  http::Headers headers;
  for (const auto& [name, value] : fields) headers.add(name, value);
  return read_hints(headers, kNow);
}

struct AmzCase {
  std::string text;
  double pause;
};
class AmzRetryAfter : public testing::TestWithParam<AmzCase> {};

TEST_P(AmzRetryAfter, MovesAPauseUpByAtMostFiveSeconds) {
  const Hints hints = hints_of({{"x-amz-retry-after", GetParam().text}});
  EXPECT_DOUBLE_EQ(obey(hints, Seconds(0.05)).count(), GetParam().pause);
}

INSTANTIATE_TEST_SUITE_P(Table, AmzRetryAfter,
                         testing::Values(AmzCase{"1500", 1.5}, AmzCase{"0", 0.05},
                                         AmzCase{"10000", 5.05}, AmzCase{"invalid", 0.05},
                                         AmzCase{"-100", 0.05}, AmzCase{"", 0.05},
                                         AmzCase{" 1500 ", 1.5},
                                         AmzCase{"99999999999999999999", 0.05},
                                         AmzCase{"1.5", 0.05}));

struct HttpCase {
  std::string text;
  double pause;
};
class RetryAfter : public testing::TestWithParam<HttpCase> {};

TEST_P(RetryAfter, IsObeyedUpToTwoMinutes) {
  const Hints hints = hints_of({{"Retry-After", GetParam().text}});
  EXPECT_DOUBLE_EQ(obey(hints, Seconds(0.05)).count(), GetParam().pause);
}

INSTANTIATE_TEST_SUITE_P(Table, RetryAfter,
                         testing::Values(HttpCase{"3", 3}, HttpCase{"0", 0.05},
                                         HttpCase{"100", 100}, HttpCase{"3600", 120},
                                         HttpCase{"-1", 0.05}, HttpCase{"1.5", 0.05},
                                         HttpCase{"", 0.05}, HttpCase{"soon", 0.05},
                                         HttpCase{"Fri, 27 Nov 2026 12:00:07 GMT", 7},
                                         HttpCase{"Fri, 27 Nov 2026 11:00:00 GMT", 0.05},
                                         HttpCase{"Fri, 27 Nov 2026 12:00:00", 0.05}));

TEST(RetryAfterDate, CountsFromTheAnswersOwnDate) {
  const Hints hints = hints_of({{"Retry-After", "Fri, 27 Nov 2026 13:00:09 GMT"},
                                {"Date", "Fri, 27 Nov 2026 13:00:00 GMT"}});
  EXPECT_EQ(hints.http, Seconds(9));
}

TEST(RetryAfterDate, OfAnotherAgeIsBounded) {
  EXPECT_EQ(hints_of({{"Retry-After", "0001-01-01T00:00:00Z"}}).http, Seconds(0));
  const Hints late =
      hints_of({{"Retry-After", "9999-12-31T23:59:59Z"}, {"Date", "0001-01-01T00:00:00Z"}});
  EXPECT_EQ(obey(late, Seconds(1)), Seconds(120));
}

TEST(RetryHints, OfBothKindsAreBothObeyed) {
  const Hints hints = hints_of({{"x-amz-retry-after", "1500"}, {"Retry-After", "1"}});
  EXPECT_EQ(obey(hints, Seconds(0)), Seconds(1.5));
}

TEST(RetryHints, NeverShortenAPause) {
  const Hints hints = hints_of({{"x-amz-retry-after", "1500"}, {"Retry-After", "1"}});
  EXPECT_EQ(obey(hints, Seconds(4)), Seconds(4));
}

TEST(RetryHints, AreNoneWithoutHeaders) { EXPECT_EQ(hints_of({}), Hints{}); }

}  // namespace
}  // namespace asiaq::aws::retry
