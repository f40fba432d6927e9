// Calls while our clock and the service's differ.
#include <gtest/gtest.h>

#include "aws/ec2/client.h"
#include "aws/error.h"
#include "aws/s3/client.h"
#include "aws/time_text.h"
#include "support/aws_session.h"

namespace asiaq::aws {
namespace {

constexpr const char* kNoVpcs = "<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>";
constexpr const char* kAuthFailure =
    "<Response><Errors><Error><Code>AuthFailure</Code><Message>m</Message></Error></Errors>"
    "<RequestID>r</RequestID></Response>";

TEST(CallClock, CorrectsItsClockOnce) {
  TestSession t;
  const Timestamp theirs = t.clock.now() + std::chrono::hours(1);
  t.network->then(401, kAuthFailure, {{"Date", to_http_date(theirs)}}).then(200, kNoVpcs);
  ec2::Client ec2(t.session);
  ec2.describe_vpcs();
  EXPECT_EQ(t.network->sent.at(1).headers.get("X-Amz-Date").substr(0, 11),
            to_basic_iso8601(theirs).substr(0, 11));
  ec2.describe_vpcs();
  EXPECT_EQ(t.network->sent.size(), 3U) << "the next call is signed with the right time at once";
}

struct SkewRow {
  std::string code;
  int status;
};
class WrongClock : public testing::TestWithParam<SkewRow> {};

TEST_P(WrongClock, IsCorrectedFromTheDateOfTheAnswer) {
  TestSession t;
  const Timestamp theirs = t.clock.now() - std::chrono::minutes(20);
  t.network
      ->then(GetParam().status, "<Error><Code>" + GetParam().code + "</Code></Error>",
             {{"Date", to_http_date(theirs)}})
      .then(200, "");
  s3::Client(t.session).head_bucket({.bucket = "b"});
  EXPECT_EQ(t.network->sent.size(), 2U);
  EXPECT_EQ(t.network->sent.at(1).headers.get("X-Amz-Date").substr(0, 13),
            to_basic_iso8601(theirs).substr(0, 13));
}

INSTANTIATE_TEST_SUITE_P(
    Table, WrongClock,
    testing::Values(SkewRow{"RequestTimeTooSkewed", 403}, SkewRow{"RequestExpired", 400},
                    SkewRow{"RequestInTheFuture", 403}, SkewRow{"SignatureDoesNotMatch", 403},
                    SkewRow{"InvalidSignatureException", 403}, SkewRow{"AuthFailure", 401}),
    [](const auto& row) { return row.param.code; });

TEST(CallClock, ARefusalOfHeadWithoutABodyMayBeAWrongClock) {
  TestSession t;
  const Timestamp theirs = t.clock.now() - std::chrono::minutes(20);
  t.network->then(403, "", {{"Date", to_http_date(theirs)}}).then(200, "");
  s3::Client(t.session).head_bucket({.bucket = "b"});
  EXPECT_EQ(t.network->sent.size(), 2U);
  EXPECT_EQ(t.network->sent.at(1).headers.get("X-Amz-Date").substr(0, 13),
            to_basic_iso8601(theirs).substr(0, 13));
}

TEST(CallClock, ARefusalOfHeadIsFinalIfTheClockIsRight) {
  for (const auto wrong_by : {std::chrono::minutes(0), std::chrono::minutes(20)}) {
    TestSession t;
    t.network->then(403, "", {{"Date", to_http_date(t.clock.now() - wrong_by)}});
    EXPECT_THROW(s3::Client(t.session).head_bucket({.bucket = "b"}), ServiceError);
    EXPECT_EQ(t.network->sent.size(), wrong_by.count() == 0 ? 1U : 2U);
  }
}

TEST(CallClock, CorrectsTheClockOfTheHostThatSaidSoOnly) {
  TestSession t;
  t.network
      ->then(401, kAuthFailure, {{"Date", to_http_date(t.clock.now() + std::chrono::hours(1))}})
      .then(200, kNoVpcs)
      .then(200, "");
  ec2::Client(t.session).describe_vpcs();
  s3::Client(t.session).head_bucket({.bucket = "b"});
  EXPECT_EQ(t.network->sent.at(2).headers.get("X-Amz-Date").substr(0, 11),
            to_basic_iso8601(t.clock.now()).substr(0, 11));
}

TEST(CallClock, CannotCorrectItsClockWithoutADate) {
  TestSession t;
  t.network->then(403, "<Error><Code>RequestTimeTooSkewed</Code></Error>");
  EXPECT_THROW(s3::Client(t.session).head_bucket({.bucket = "b"}), ServiceError);
  EXPECT_EQ(t.network->sent.size(), 1U);
}

TEST(CallClock, DoesNotCorrectItsClockForEver) {
  TestSession t;
  int hours = 0;
  t.network->then([&](const http::Request&) {
    http::Response response;
    response.status = 401;
    response.body = kAuthFailure;
    response.headers.add("Date", to_http_date(t.clock.now() + std::chrono::hours(++hours)));
    return response;
  });
  EXPECT_THROW(ec2::Client(t.session).describe_vpcs(), ServiceError);
  EXPECT_LE(t.network->sent.size(), 3U);
}

TEST(CallClock, DoesNotRepeatAWrongSecretAsIfItWereAWrongClock) {
  TestSession t;
  t.network->then(401, kAuthFailure, {{"Date", to_http_date(t.clock.now())}});
  EXPECT_THROW(ec2::Client(t.session).describe_vpcs(), ServiceError);
  EXPECT_EQ(t.network->sent.size(), 1U);
}

}  // namespace
}  // namespace asiaq::aws
