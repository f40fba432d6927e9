#include "aws/time_text.h"

#include <gtest/gtest.h>

namespace asiaq::aws {
namespace {

using namespace std::chrono_literals;

const Timestamp kTime = Timestamp(std::chrono::seconds(1440938160));  // 30 August 2015, 12:36 UTC

TEST(TimeText, IsWrittenInEveryForm) {
  EXPECT_EQ(to_iso8601(kTime), "2015-08-30T12:36:00Z");
  EXPECT_EQ(to_iso8601(kTime + 123ms), "2015-08-30T12:36:00.123Z");
  EXPECT_EQ(to_http_date(kTime), "Sun, 30 Aug 2015 12:36:00 GMT");
  EXPECT_EQ(to_epoch(kTime), "1440938160");
  EXPECT_EQ(to_epoch(kTime + 50ms), "1440938160.05");
  EXPECT_EQ(to_basic_iso8601(kTime), "20150830T123600Z");
}

class TimeForm : public testing::TestWithParam<const char*> {};

TEST_P(TimeForm, IsRead) { EXPECT_EQ(parse_time(GetParam()), kTime); }

INSTANTIATE_TEST_SUITE_P(Table, TimeForm,
                         testing::Values("2015-08-30T12:36:00Z", "2015-08-30T12:36:00.000Z",
                                         "2015-08-30T14:36:00+02:00", "2015-08-30T07:06:00-05:30",
                                         "20150830T123600Z", "Sun, 30 Aug 2015 12:36:00 GMT",
                                         "Sunday, 30-Aug-15 12:36:00 GMT", "1440938160",
                                         "1440938160.0", "1.44093816e9", "2015-08-30 12:36:00Z"));

TEST(TimeText, BeyondTheClockIsItsEnd) {
  for (const char* never : {"9999-12-31T23:59:59Z", "2300-01-01T00:00:00Z", "253402300799",
                            "Fri, 31 Dec 9999 23:59:59 GMT"}) {
    EXPECT_EQ(to_iso8601(parse_time(never).value()), "2262-04-11T00:00:00Z") << never;
  }
  EXPECT_EQ(to_iso8601(parse_time("0001-01-01T00:00:00Z").value()), "1900-01-01T00:00:00Z");
}

TEST(TimeText, Before1970HasItsFractionOnTheRightSide) {
  EXPECT_EQ(to_epoch(Timestamp(-500ms)), "-0.5");
  EXPECT_EQ(parse_time("-0.5"), Timestamp(-500ms));
  EXPECT_EQ(to_epoch(Timestamp(-3s)), "-3");
}

class NoTime : public testing::TestWithParam<const char*> {};

TEST_P(NoTime, IsRefused) { EXPECT_FALSE(parse_time(GetParam())); }

INSTANTIATE_TEST_SUITE_P(Table, NoTime,
                         testing::Values("", "never", "2015-13-30T12:36:00Z",
                                         "2015-08-30T12:36:00Zebra", "2015-02-30T00:00:00Z",
                                         "1e300", "nan", "-", "2015-08-30T25:00:00Z",
                                         "Sun, 99 Aug 2015 12:36:00 GMT"));

}  // namespace
}  // namespace asiaq::aws
