// One session under many threads; run under the thread sanitizer by `make test-tsan`.
#include "aws/session.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "aws/credentials/provider.h"
#include "aws/ec2/client.h"
#include "aws/time_text.h"
#include "support/aws_session.h"

namespace asiaq::aws {
namespace {

constexpr int kThreads = 16;
constexpr int kCalls = 25;
constexpr const char* kNoVpcs = "<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>";

template <class Action>
void in_threads(const Action& action) {
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&action] {
      for (int call = 0; call < kCalls; ++call) action();
    });
  }
}

http::Response answer(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

std::string error_body(const std::string& code, const std::string& message) {
  return "<Response><Errors><Error><Code>" + code + "</Code><Message>" + message +
         "</Message></Error></Errors><RequestID>r</RequestID></Response>";
}

TEST(SharedSession, CarriesOutAllCallsWhenManyAreThrottled) {
  TestSession t;
  std::atomic<int> requests = 0;
  t.network->then([&](const http::Request&) {
    return ++requests % 3 == 0 ? answer(503, error_body("RequestLimitExceeded", "slow down"))
                               : answer(200, kNoVpcs);
  });
  in_threads([&] { ec2::Client(t.session).describe_vpcs(); });
  const CallCount total = t.session.calls().total();
  EXPECT_EQ(total.calls, kThreads * kCalls);
  EXPECT_EQ(total.failures, 0);
  EXPECT_EQ(total.throttles, total.attempts - total.calls);
  EXPECT_EQ(total.attempts, requests);
}

TEST(SharedSession, CarriesOutAllCallsWhenSomeFail) {
  TestSession t;
  std::atomic<int> requests = 0;
  t.network->then([&](const http::Request&) -> http::Response {
    const int number = ++requests;
    if (number % 7 == 0) throw ConnectionError("broken", ConnectionError::Sent::perhaps);
    return number % 5 == 0 ? answer(500, error_body("InternalError", "m")) : answer(200, kNoVpcs);
  });
  in_threads([&] { ec2::Client(t.session).describe_vpcs(); });
  EXPECT_EQ(t.session.calls().total().failures, 0);
}

TEST(SharedSession, MakesAndSeesThingsAtOnce) {
  TestSession t;
  const std::string id = "vpc-0123456789abcdef0";
  std::atomic<int> requests = 0;
  t.network->then([&](const http::Request& request) {
    if (request.body.starts_with("Action=CreateVpc")) {
      return answer(200, "<R><vpc><vpcId>" + id + "</vpcId></vpc></R>");
    }
    return ++requests % 4 == 0 ? answer(400, error_body("InvalidVpcID.NotFound", id))
                               : answer(200, kNoVpcs);
  });
  in_threads([&] {
    ec2::Client ec2(t.session);
    ec2.create_vpc({.cidr_block = "10.0.0.0/16"});
    ec2.describe_vpcs({.vpc_ids = {id}});
  });
  EXPECT_EQ(t.session.calls().total().failures, 0);
}

TEST(SharedSession, PutsItsClockRight) {
  TestSession t;
  const Timestamp theirs = t.clock.now() + std::chrono::hours(1);
  t.network->then([&](const http::Request& request) {
    const bool right = request.headers.get("X-Amz-Date") >= to_basic_iso8601(theirs);
    http::Response response =
        right ? answer(200, kNoVpcs) : answer(401, error_body("AuthFailure", "too early"));
    response.headers.add("Date", to_http_date(theirs));
    return response;
  });
  in_threads([&] { ec2::Client(t.session).describe_vpcs(); });
  EXPECT_EQ(t.session.calls().total().failures, 0);
}

// Credentials that AWS calls expired after a few calls.
class ShortLived final : public credentials::Provider {
 public:
  explicit ShortLived(Clock& clock) : clock_(clock) {}
  std::optional<credentials::Credentials> fetch() override {
    const std::string number = std::to_string(++fetched);
    return credentials::Credentials{
        .keys = {.access_key_id = "KEY" + number, .secret_access_key = "secret"},
        .expires = clock_.now() + std::chrono::hours(1),
        .source = "test"};
  }
  std::atomic<int> fetched = 0;

 private:
  Clock& clock_;
};

TEST(SharedSession, FetchesCredentialsOnceForAllThreads) {
  FakeClock clock;
  const auto network = std::make_shared<FakeTransport>();
  const auto provider = std::make_shared<ShortLived>(clock);
  Session session({.provider = provider,
                   .environment = environment_of({{"AWS_REGION", "us-west-2"}}),
                   .transport = network,
                   .clock = &clock});
  network->then([](const http::Request& request) {
    const bool first = request.headers.get("Authorization").find("KEY1/") != std::string::npos;
    return first ? answer(400, error_body("ExpiredToken", "m")) : answer(200, kNoVpcs);
  });
  in_threads([&] { ec2::Client(session).describe_vpcs(); });
  EXPECT_EQ(session.calls().total().failures, 0);
  EXPECT_EQ(provider->fetched, 2);
}

}  // namespace
}  // namespace asiaq::aws
