// A signal ends whatever a call or a wait is doing, however long that would have gone on. None of
// these tests looks at a clock: what is not ended would take minutes or hours.
#include "base/interrupt.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <latch>
#include <thread>

#include "aws/ec2/client.h"
#include "aws/http/transport.h"
#include "aws/session_parts.h"
#include "aws/waiting.h"
#include "support/aws_session.h"
#include "support/loopback_server.h"

namespace asiaq::aws {
namespace {

constexpr const char* kThrottled =
    "<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>m</Message></Error>"
    "</Errors></Response>";
constexpr const char* kPending =
    "<R><natGatewaySet><item><natGatewayId>nat-1</natGatewayId><state>pending</state></item>"
    "<item><natGatewayId>nat-2</natGatewayId><state>pending</state></item></natGatewaySet></R>";

/// In a process of their own, since a signal that arrived stays so. Status 0: ended as expected,
/// and the network was asked no more often than that.
class AwsInterruptDeathTest : public testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

/// The machine's clock and a network that answers from a list.
struct Scene {
  explicit Scene(Variables more = {}) : session(options(std::move(more))) {
    interrupt::install_handlers();
  }
  SessionOptions options(Variables more) {
    return {.environment = environment_of(with_keys(std::move(more))), .transport = network};
  }
  std::shared_ptr<FakeTransport> network = std::make_shared<FakeTransport>();
  Session session;
};

template <class Action>
bool is_interrupted(const Action& action) {
  try {
    action();
  } catch (const Interrupted&) {
    return true;
  }
  return false;
}

[[noreturn]] void exit_with(bool as_expected) { std::_Exit(as_expected ? 0 : 1); }

FakeTransport::Answer signalling(int status, std::string body,
                                 std::pair<std::string, std::string> header) {
  return [=](const http::Request&) {
    std::raise(SIGINT);
    http::Response response;
    response.status = status;
    response.body = body;
    response.headers.add(header.first, header.second);
    return response;
  };
}

TEST_F(AwsInterruptDeathTest, EndsTheBackOffBetweenTwoAttempts) {
  const auto run = [] {
    Scene scene;
    scene.network->then(signalling(503, kThrottled, {"Retry-After", "120"}));
    const bool ended = is_interrupted([&] { ec2::Client(scene.session).describe_vpcs(); });
    exit_with(ended && scene.network->sent.size() == 1);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}

TEST_F(AwsInterruptDeathTest, EndsTheWaitForAPermit) {
  const auto run = [] {
    Scene scene;
    scene.network->then(200, "<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>");
    const ec2::Client ec2(scene.session);
    ec2.describe_vpcs();
    SessionParts& parts = scene.session.parts();
    const auto now = [&] { return Seconds(parts.clock.steady_now().time_since_epoch()).count(); };
    retry::RateLimiter& limiter = parts.limits.limiter(
        {.account = scene.session.identity_source(), .region = "us-west-2", .service = "ec2"},
        now());
    // One call in two minutes.
    limiter.record(retry::RateLimiter::Answer::throttled, now() - 120, now());
    limiter.record(retry::RateLimiter::Answer::throttled, now() + 120, now() + 120);
    std::raise(SIGINT);
    const bool ended = is_interrupted([&] { ec2.describe_vpcs(); });
    exit_with(ended && scene.network->sent.size() == 1);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}

TEST_F(AwsInterruptDeathTest, EndsARequestUnderWay) {
  const auto run = [] {
    interrupt::install_handlers();
    test::LoopbackServer server([](const test::ServedRequest&) -> test::ServedAnswer {
      std::raise(SIGINT);
      std::latch(1).wait();
      return {};
    });
    const auto transport = http::make_curl_transport({});
    http::Request request;
    request.scheme = "http";
    request.host = server.host();
    const bool ended =
        is_interrupted([&] { transport->send(request, {}, http::Resend::forbidden); });
    exit_with(ended && server.connections() == 1);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}

TEST_F(AwsInterruptDeathTest, EndsAWaiterBetweenTwoLooks) {
  const auto run = [] {
    Scene scene;
    scene.network->then(200, kPending).then(signalling(200, kPending, {"Date", "today"}));
    const bool ended = is_interrupted([&] {
      ec2::Client(scene.session)
          .wait_until_nat_gateway_available({.nat_gateway_ids = {"nat-1"}},
                                            {.limit = Seconds(86400),
                                             .shortest_pause = Seconds(0.001),
                                             .longest_pause = Seconds(3600)});
    });
    exit_with(ended && scene.network->sent.size() == 2);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}

TEST_F(AwsInterruptDeathTest, EndsAWaiterThatAwaitsTheAnswerToAnother) {
  const auto run = [] {
    Scene scene;
    std::latch asked(1);
    std::latch never(1);
    scene.network->then([&](const http::Request&) -> http::Response {
      asked.count_down();
      never.wait();
      return {};
    });
    const ec2::Client ec2(scene.session);
    std::thread([&] {
      ec2.wait_until_nat_gateway_available({.nat_gateway_ids = {"nat-1"}});
    }).detach();
    asked.wait();
    std::raise(SIGINT);
    const bool ended = is_interrupted(
        [&] { ec2.wait_until_nat_gateway_available({.nat_gateway_ids = {"nat-2"}}); });
    exit_with(ended && scene.network->sent.size() == 1);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}

TEST_F(AwsInterruptDeathTest, LeavesCleanUpAlone) {
  const auto run = [] {
    Scene scene;
    scene.network->then(signalling(503, kThrottled, {"x-amz-retry-after", "1"}))
        .then(200, "<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>");
    const bool ended = is_interrupted([&] {
      const interrupt::Shield clean_up;
      ec2::Client(scene.session).describe_vpcs();
    });
    exit_with(!ended && scene.network->sent.size() == 2);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace asiaq::aws
