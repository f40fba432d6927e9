#include "aws/call.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <thread>

#include "aws/cloudwatch/client.h"
#include "aws/ec2/client.h"
#include "aws/s3/client.h"
#include "aws/sts/client.h"
#include "base/interrupt.h"
#include "base/log.h"
#include "base/wait.h"
#include "support/aws_session.h"
#include "support/thrown.h"

namespace asiaq::aws {
namespace {

constexpr const char* kNoVpcs = "<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>";

std::string ec2_error(const std::string& code, const std::string& message = "m") {
  return "<Response><Errors><Error><Code>" + code + "</Code><Message>" + message +
         "</Message></Error></Errors><RequestID>r</RequestID></Response>";
}

uLong crc32_of(std::string_view text) {
  return crc32_z(0, reinterpret_cast<const Bytef*>(text.data()), text.size());
}

TEST(ReadOnlySession, RefusesAWriteBeforeAnythingIsSent) {
  TestSession t(with_keys(), Access::read_only);
  EXPECT_THROW(ec2::Client(t.session).create_vpc({.cidr_block = "10.0.0.0/16"}), ReadOnlyError);
  EXPECT_TRUE(t.network->sent.empty());
}

TEST(ReadOnlySession, LetsAReadPass) {
  TestSession t(with_keys(), Access::read_only);
  t.network->then(200, kNoVpcs);
  ec2::Client(t.session).describe_vpcs();
  EXPECT_EQ(t.network->sent.size(), 1U);
}

TEST(Call, GoesToTheServiceOfTheRegionAndIsSigned) {
  TestSession t;
  t.network->then(200, kNoVpcs);
  ec2::Client(t.session).describe_vpcs();
  const http::Request& sent = t.network->sent.at(0);
  EXPECT_EQ(http::url_text(sent), "https://ec2.us-west-2.amazonaws.com/");
  EXPECT_TRUE(
      sent.headers.get("Authorization")
          .starts_with(
              "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20151213/us-west-2/ec2/aws4_request"));
  EXPECT_EQ(sent.body, "Action=DescribeVpcs&Version=2016-11-15");
}

TEST(Call, IsTriedAgainAfterAFault) {
  TestSession t;
  t.network->then(500, ec2_error("InternalError"))
      .then(502, "<html/>")
      .then_fail(ConnectionError::Sent::perhaps)
      .then(200, kNoVpcs);
  ec2::Client(t.session).describe_vpcs();
  EXPECT_EQ(t.network->sent.size(), 4U);
  EXPECT_EQ(t.session.calls().total().retries(), 3);
  EXPECT_EQ(t.network->sent.at(0).headers.get("Amz-Sdk-Request"), "attempt=1; max=10");
  EXPECT_EQ(t.network->sent.at(3).headers.get("Amz-Sdk-Request"), "attempt=4; max=10");
}

TEST(Call, GivesUpAfterTenFaults) {
  TestSession t;
  t.network->then(500, ec2_error("InternalError"));
  try {
    ec2::Client(t.session).describe_vpcs();
    FAIL() << "nothing was thrown";
  } catch (const ServiceError& error) {
    EXPECT_EQ(error.code(), "InternalError");
    EXPECT_EQ(error.facts().attempts, 10);
  }
  EXPECT_EQ(t.network->sent.size(), 10U);
}

TEST(Call, PutsUpWithThrottlingForTenMinutes) {
  TestSession t;
  t.network->then(503, ec2_error("RequestLimitExceeded"));
  EXPECT_THROW(ec2::Client(t.session).describe_vpcs(), ServiceError);
  EXPECT_GT(t.clock.slept().count(), 550);
  EXPECT_LE(t.clock.slept().count(), 640);
  EXPECT_EQ(t.session.calls().total().throttles, t.session.calls().total().attempts);
}

TEST(Call, ObeysTheNumberOfAttemptsThatTheUserSets) {
  TestSession t(with_keys({{"AWS_MAX_ATTEMPTS", "2"}}));
  t.network->then(503, ec2_error("RequestLimitExceeded"));
  EXPECT_THROW(ec2::Client(t.session).describe_vpcs(), ServiceError);
  EXPECT_EQ(t.network->sent.size(), 2U);
}

TEST(Call, SaysHowOftenItMayBeSentWhenTheUserSetsThat) {
  TestSession t(with_keys({{"AWS_MAX_ATTEMPTS", "2"}}));
  t.network->then(200, kNoVpcs);
  ec2::Client(t.session).describe_vpcs();
  EXPECT_EQ(t.network->sent.at(0).headers.get("Amz-Sdk-Request"), "attempt=1; max=2");
}

TEST(Call, PutsUpWithThrottlingAsLongAsOthersOfItsKindAreAccepted) {
  TestSession t;
  const SteadyTime begin = t.clock.steady_now();
  t.network->then([&](const http::Request& request) -> http::Response {
    http::Response response;
    const bool accepted = request.body.find("DescribeVpcs") == std::string::npos ||
                          t.clock.steady_now() - begin > std::chrono::minutes(30);
    response.status = accepted ? 200 : 503;
    response.body = accepted ? "<R/>" : ec2_error("RequestLimitExceeded");
    if (!accepted) ec2::Client(t.session).describe_subnets();
    return response;
  });
  ec2::Client(t.session).describe_vpcs();
  EXPECT_GT(t.clock.slept().count(), 1800);
}

TEST(Call, SaysThatThrottledCallsMayBeMadeLater) {
  TestSession t(with_keys({{"AWS_MAX_ATTEMPTS", "1"}}));
  t.network->then(503, ec2_error("RequestLimitExceeded"));
  try {
    ec2::Client(t.session).describe_vpcs();
    FAIL() << "nothing was thrown";
  } catch (const ServiceError& error) {
    EXPECT_NE(error.hint().find("later"), std::string::npos);
  }
}

TEST(Call, ComesBackWhenTheServiceSaysSo) {
  TestSession t;
  t.network->then(503, ec2_error("Unavailable"), {{"Retry-After", "7"}}).then(200, kNoVpcs);
  ec2::Client(t.session).describe_vpcs();
  EXPECT_EQ(t.clock.slept(), Seconds(7));
}

TEST(Call, IsNotTriedAgainWhenTooManyFaultsWereRetried) {
  TestSession t;
  t.network->then(500, ec2_error("InternalError"));
  for (int call = 0; call < 16; ++call) {
    EXPECT_THROW(ec2::Client(t.session).describe_vpcs(), ServiceError);
  }
  EXPECT_EQ(t.network->sent.size(), 160U);
  EXPECT_THROW(ec2::Client(t.session).describe_vpcs(), ServiceError);
  EXPECT_EQ(t.network->sent.size(), 161U);
}

TEST(Call, IsStillTriedAgainWhenThrottledAfterTooManyFaults) {
  TestSession t;
  for (int fault = 0; fault < 160; ++fault) t.network->then(500, ec2_error("InternalError"));
  t.network->then(503, ec2_error("RequestLimitExceeded")).then(200, kNoVpcs);
  for (int call = 0; call < 16; ++call) {
    EXPECT_THROW(ec2::Client(t.session).describe_vpcs(), ServiceError);
  }
  EXPECT_NO_THROW(ec2::Client(t.session).describe_vpcs());
}

TEST(Call, EndsWithTheTimeOfTheCommand) {
  TestSession t;
  bound_all_waiting(Seconds(50), t.clock);
  int refusals = 0;
  t.network->then([&](const http::Request&) {
    http::Response response;
    const bool accepted = t.clock.slept() > Seconds(100);
    refusals += accepted ? 0 : 1;
    response.status = accepted ? 200 : 503;
    response.body = accepted ? kNoVpcs : ec2_error("RequestLimitExceeded", "slow down");
    return response;
  });
  const std::string thrown = test::thrown_by([&] { ec2::Client(t.session).describe_vpcs(); });
  EXPECT_GT(refusals, 1);
  {
    const interrupt::Shield clean_up;
    EXPECT_NO_THROW(ec2::Client(t.session).describe_vpcs()) << "clean-up is finished";
  }
  bound_all_waiting(Seconds(86'400'000));
  EXPECT_EQ(thrown.find("Timeout: the 50 s allowed for all waiting are over; was waiting for ec2 "
                        "DescribeVpcs: RequestLimitExceeded: slow down"),
            0U)
      << thrown;
}

TEST(Call, GivesUpARequestUnderWayWhenTheTimeOfTheCommandIsOver) {
  TestSession t;
  t.network->then(200, kNoVpcs);
  bound_all_waiting(Seconds(50), t.clock);
  ec2::Client(t.session).describe_vpcs();
  t.clock.sleep_for(Seconds(49));
  ec2::Client(t.session).describe_vpcs();
  {
    const interrupt::Shield clean_up;
    ec2::Client(t.session).describe_vpcs();
  }
  bound_all_waiting(Seconds(86'400'000));
  EXPECT_EQ(t.network->limits.at(0).whole, Seconds(50));
  EXPECT_EQ(t.network->limits.at(1).whole, Seconds(10)) << "a moment for each";
  EXPECT_EQ(t.network->limits.at(2).whole, std::nullopt);
}

TEST(Call, ThatMayHaveBeenCarriedOutIsNotSentAgain) {
  TestSession t;
  t.network->then_fail(ConnectionError::Sent::perhaps).then(200, "<CreateVpcResponse/>");
  try {
    ec2::Client(t.session).create_vpc({.cidr_block = "10.0.0.0/16"});
    FAIL() << "nothing was thrown";
  } catch (const ConnectionError& error) {
    EXPECT_NE(error.hint().find("the outcome is unknown"), std::string::npos);
    EXPECT_NE(error.hint().find("AttributeValue=CreateVpc"), std::string::npos);
  }
  EXPECT_EQ(t.network->sent.size(), 1U);
  EXPECT_EQ(t.network->resends.at(0), http::Resend::forbidden);
}

TEST(Call, ThatNeverLeftIsSentAgain) {
  TestSession t;
  t.network->then_fail(ConnectionError::Sent::no)
      .then(200, "<CreateVpcResponse><vpc><vpcId>v</vpcId></vpc></CreateVpcResponse>");
  EXPECT_EQ(ec2::Client(t.session).create_vpc({.cidr_block = "10.0.0.0/16"}).vpc->vpc_id, "v");
  EXPECT_EQ(t.network->sent.size(), 2U);
}

TEST(Call, ThatMakesSomethingIsNotRepeatedAfterAServerError) {
  TestSession t;
  t.network->then(500, ec2_error("InternalError"));
  try {
    ec2::Client(t.session).create_vpc({.cidr_block = "10.0.0.0/16"});
    FAIL() << "nothing was thrown";
  } catch (const ServiceError& error) {
    EXPECT_TRUE(error.facts().outcome_unknown);
    EXPECT_NE(error.hint().find("the outcome is unknown"), std::string::npos);
  }
  EXPECT_EQ(t.network->sent.size(), 1U);
}

TEST(Call, ThatWasThrottledWasNotCarriedOut) {
  TestSession t;
  t.network->then(503, ec2_error("RequestLimitExceeded")).then(200, "<CreateVpcResponse/>");
  ec2::Client(t.session).create_vpc({.cidr_block = "10.0.0.0/16"});
  EXPECT_EQ(t.network->sent.size(), 2U);
}

TEST(Call, KeepsItsIdempotencyTokenOverAttempts) {
  TestSession t;
  t.network->then(500, ec2_error("InternalError")).then(200, "<CreateNatGatewayResponse/>");
  ec2::Client(t.session).create_nat_gateway({.subnet_id = "subnet-1"});
  ASSERT_EQ(t.network->sent.size(), 2U);
  EXPECT_NE(t.network->sent[0].body.find("ClientToken="), std::string::npos);
  EXPECT_EQ(t.network->sent[0].body, t.network->sent[1].body);
}

TEST(Call, LeavesATokenOfTheCallerAlone) {
  TestSession t;
  t.network->then(200, "<RunInstancesResponse/>");
  ec2::Client(t.session).run_instances({.max_count = 1, .min_count = 1, .client_token = "mine"});
  EXPECT_NE(t.network->sent[0].body.find("ClientToken=mine"), std::string::npos);
}

TEST(Call, WaitsForAThingMadeAMomentAgo) {
  TestSession t;
  const std::string id = "vpc-0123456789abcdef0";
  t.network
      ->then(200, "<CreateVpcResponse><vpc><vpcId>" + id + "</vpcId></vpc></CreateVpcResponse>")
      .then(400, ec2_error("InvalidVpcID.NotFound", "The vpc ID '" + id + "' does not exist"))
      .then(200, "<ModifyVpcAttributeResponse/>");
  ec2::Client ec2(t.session);
  ec2.create_vpc({.cidr_block = "10.0.0.0/16"});
  ec2.modify_vpc_attribute({.vpc_id = id});
  EXPECT_EQ(t.network->sent.size(), 3U);
}

TEST(Call, DoesNotWaitForAThingThatItDidNotMake) {
  TestSession t;
  t.network->then(
      400, ec2_error("InvalidVpcID.NotFound", "The vpc ID 'vpc-0123456789abcdef0' does not exist"));
  EXPECT_THROW(ec2::Client(t.session).delete_vpc({.vpc_id = "vpc-0123456789abcdef0"}),
               ServiceError);
  EXPECT_EQ(t.network->sent.size(), 1U);
}

TEST(Call, AsksAgainWhenAReadsAnswerIsCutOff) {
  TestSession t;
  t.network->then(200, "<DescribeVpcsResponse><vpcSe").then(200, kNoVpcs);
  ec2::Client(t.session).describe_vpcs();
  EXPECT_EQ(t.network->sent.size(), 2U);
}

TEST(Call, AsksAgainWhenTheChecksumOfAnAnswerIsWrong) {
  TestSession t;
  t.network->then(200, kNoVpcs, {{"x-amz-crc32", "1"}})
      .then(200, "<R/>", {{"x-amz-crc32", std::to_string(crc32_of("<R/>"))}});
  ec2::Client(t.session).describe_vpcs();
  EXPECT_EQ(t.network->sent.size(), 2U);
}

TEST(Call, DoesNotRepeatAWriteWhoseAnswerIsCutOff) {
  TestSession t;
  t.network->then(200, "<CreateVpcRes");
  EXPECT_THROW(ec2::Client(t.session).create_vpc({.cidr_block = "10.0.0.0/16"}), ConnectionError);
  EXPECT_EQ(t.network->sent.size(), 1U);
}

TEST(Call, IsTriedAgainAfterAnErrorInAGoodAnswer) {
  TestSession t;
  t.network->then(200, "<Error><Code>InternalError</Code><Message>m</Message></Error>")
      .then(200, "<CopyObjectResult><ETag>e</ETag></CopyObjectResult>");
  const auto output =
      s3::Client(t.session).copy_object({.bucket = "b", .copy_source = "a/k", .key = "k"});
  EXPECT_EQ(output.copy_object_result->e_tag, "e");
  EXPECT_EQ(t.network->sent.size(), 2U);
}

TEST(Call, UsesPathsForBucketsWithDotsAndHostsForOthers) {
  TestSession t;
  t.network->then(200, "");
  s3::Client s3(t.session);
  s3.get_object({.bucket = "us-west-2.example.credentials", .key = "a b/c"});
  s3.get_object({.bucket = "plain", .key = "k"});
  EXPECT_EQ(http::url_text(t.network->sent[0]),
            "https://s3.us-west-2.amazonaws.com/us-west-2.example.credentials/a%20b/c");
  EXPECT_EQ(http::url_text(t.network->sent[1]), "https://plain.s3.us-west-2.amazonaws.com/k");
}

TEST(Call, UsesPathsAtAnEndpointOfOnesOwn) {
  TestSession t(with_keys({{"AWS_ENDPOINT_URL", "http://127.0.0.1:5000"}}));
  t.network->then(200, "").then(200, kNoVpcs);
  s3::Client(t.session).get_object({.bucket = "plain", .key = "k"});
  ec2::Client(t.session).describe_vpcs();
  EXPECT_EQ(http::url_text(t.network->sent[0]), "http://127.0.0.1:5000/plain/k");
  EXPECT_EQ(http::url_text(t.network->sent[1]), "http://127.0.0.1:5000/");
}

TEST(Call, RefusesAnEmptyKeyOfAnObject) {
  TestSession t;
  EXPECT_THROW(s3::Client(t.session).delete_object({.bucket = "b", .key = ""}), RequestError);
  EXPECT_THROW(s3::Client(t.session).delete_object({.key = "k"}), RequestError);
  EXPECT_TRUE(t.network->sent.empty());
}

TEST(Call, OfAServiceWithSeveralProtocolsUsesOneThatIsSpoken) {
  TestSession t;
  t.network->then(200, R"({"MetricAlarms":[{"AlarmName":"a"}]})");
  EXPECT_EQ(cloudwatch::Client(t.session).describe_alarms_all().at(0).alarm_name, "a");
  EXPECT_EQ(t.network->sent[0].headers.get("X-Amz-Target"),
            "GraniteServiceVersion20100801.DescribeAlarms");
}

TEST(Call, WithoutCredentialsSaysWhereToPutThem) {
  TestSession t({{"AWS_REGION", "us-west-2"}, {"AWS_EC2_METADATA_DISABLED", "true"}});
  try {
    ec2::Client(t.session).describe_vpcs();
    FAIL() << "nothing was thrown";
  } catch (const CredentialsError& error) {
    EXPECT_NE(error.hint().find("AWS_PROFILE"), std::string::npos);
  }
}

TEST(Call, CountsWhatItDoes) {
  TestSession t;
  t.network->then(200, kNoVpcs);
  ec2::Client ec2(t.session);
  ec2.describe_vpcs();
  ec2.describe_vpcs();
  const CallCount count = t.session.calls().by_operation().at("ec2 DescribeVpcs");
  EXPECT_EQ(count.calls, 2);
  EXPECT_EQ(count.attempts, 2);
  EXPECT_EQ(count.bytes_received, 2 * static_cast<std::int64_t>(std::string(kNoVpcs).size()));
}

TEST(Call, IsLoggedWithEveryAttemptButWithoutItsSecrets) {
  TestSession t;
  t.network->then(503, ec2_error("Unavailable", "the reason"))
      .then_fail(ConnectionError::Sent::no)
      .then(200, kNoVpcs, {{"x-amzn-requestid", "id-1"}});
  testing::internal::CaptureStderr();
  log::configure(log::Level::debug);
  ec2::Client(t.session).describe_vpcs({.vpc_ids = {"vpc-1"}});
  log::configure(log::Level::info);
  const std::string logged = testing::internal::GetCapturedStderr();
  for (const char* expected :
       {"aws ec2 DescribeVpcs attempt 1 of 10: 503 Unavailable, 0 ms, 52 bytes sent, ",
        ", request r\n", "attempt 2 of 10: ec2.us-west-2.amazonaws.com: broken, 0 ms",
        "attempt 3 of 10: 200, 0 ms", ", request id-1\n"}) {
    EXPECT_NE(logged.find(expected), std::string::npos) << expected << "\n is not in\n" << logged;
  }
  for (const char* secret : {"Authorization", "Signature", "AKIDEXAMPLE", "vpc-1"}) {
    EXPECT_EQ(logged.find(secret), std::string::npos) << secret << " is in\n" << logged;
  }
}

TEST(Call, MayBeMadeByManyThreadsAtOnce) {
  TestSession t;
  t.network->then(200, kNoVpcs);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 25; ++n) ec2::Client(t.session).describe_vpcs();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(t.session.calls().total().calls, 200);
}

}  // namespace
}  // namespace asiaq::aws
