#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <optional>
#include <regex>
#include <set>
#include <thread>

#include "aws/autoscaling/client.h"
#include "aws/ec2/client.h"
#include "aws/error.h"
#include "aws/waiting.h"
#include "support/aws_session.h"
#include "support/meeting_clock.h"
#include "support/thrown.h"

namespace asiaq::aws {
namespace {

/// NAT gateways whose states change with time, and the questions about them.
class NatService {
 public:
  struct Gateway {
    double available_at = 0;
    double failed_at = 1e9;
    double known_at = 0;
  };

  explicit NatService(int waits) : clock(waits) {
    network_->then([this](const http::Request& request) { return answer(request); });
    // Who waits for a permit would sleep while the others wait for its answer.
    session.emplace(
        SessionOptions{.environment = environment_of(with_keys({{"AWS_RETRY_MODE", "standard"}})),
                       .transport = network_,
                       .clock = &clock});
  }

  std::map<std::string, Gateway> gateways;
  /// Which ids were asked for, and when.
  std::vector<std::pair<double, std::set<std::string>>> questions;
  MeetingClock clock;
  std::optional<Session> session;

  /// Waits for each of them in a thread of its own; when each ended, and what it threw.
  std::map<std::string, std::pair<double, std::string>> wait_for_each() {
    std::map<std::string, std::pair<double, std::string>> ends;
    std::mutex mutex;
    std::vector<std::jthread> threads;
    for (const auto& [id, gateway] : gateways) {
      threads.emplace_back([&, id = id] {
        const std::string thrown = test::thrown_by([&] {
          ec2::Client(*session).wait_until_nat_gateway_available(
              {.nat_gateway_ids = {id}},
              {.what = id + " to be available", .longest_pause = Seconds(5)});
        });
        const std::lock_guard lock(mutex);
        ends[id] = {clock.passed().count(), thrown};
        clock.leave();
      });
    }
    threads.clear();
    return ends;
  }

 private:
  http::Response answer(const http::Request& request) {
    static const std::regex kId("NatGatewayId\\.\\d+=([^&]+)");
    std::set<std::string> ids;
    for (std::sregex_iterator each(request.body.begin(), request.body.end(), kId), end; each != end;
         ++each) {
      ids.insert((*each)[1]);
    }
    const double now = clock.passed().count();
    http::Response response;
    response.status = 200;
    response.body = "<R><natGatewaySet>";
    for (const std::string& id : ids) {
      const Gateway& gateway = gateways.at(id);
      if (now < gateway.known_at) {
        response.status = 400;
        response.body = "<Response><Errors><Error><Code>NatGatewayNotFound</Code><Message>" + id +
                        " was not found</Message></Error></Errors></Response>";
        break;
      }
      const char* state = now >= gateway.failed_at      ? "failed"
                          : now >= gateway.available_at ? "available"
                                                        : "pending";
      response.body +=
          "<item><natGatewayId>" + id + "</natGatewayId><state>" + state + "</state>" +
          (now >= gateway.failed_at ? "<failureMessage>No room</failureMessage>" : "") + "</item>";
    }
    if (response.status == 200) response.body += "</natGatewaySet></R>";
    const std::lock_guard lock(mutex_);
    questions.emplace_back(now, ids);
    return response;
  }

  std::mutex mutex_;
  std::shared_ptr<FakeTransport> network_ = std::make_shared<FakeTransport>();
};

constexpr int kMany = 20;
const std::string kNothing = "nothing was thrown";

std::string nat_id(int number) { return "nat-" + std::to_string(100 + number); }

TEST(SharedWaits, TwentyThreadsAskOnceARoundForAllThatIsStillWaitedFor) {
  NatService service(kMany);
  for (int i = 0; i < kMany; ++i) service.gateways[nat_id(i)] = {.available_at = 2.0 * i};
  const auto ends = service.wait_for_each();
  std::map<double, std::vector<std::set<std::string>>> rounds;
  for (const auto& [time, ids] : service.questions) rounds[time].push_back(ids);
  for (const auto& [time, asked] : rounds) {
    if (time == 0) continue;  // Threads begin when they begin.
    ASSERT_EQ(asked.size(), 1U) << "at " << time;
    for (const std::string& id : asked.front()) {
      // Nobody asks for what has been seen to be there.
      EXPECT_LE(time, ends.at(id).first) << id;
    }
  }
  // At most 38 s in pauses of 2 s to 5 s; alone each would have asked about half as often.
  EXPECT_GE(rounds.size(), 8U);
  EXPECT_LE(rounds.size(), 20U);
  for (int i = 0; i < kMany; ++i) {
    const auto& [end, thrown] = ends.at(nat_id(i));
    EXPECT_EQ(thrown, kNothing);
    EXPECT_GE(end, 2.0 * i);
    EXPECT_LE(end, 2.0 * i + 5);
  }
}

TEST(SharedWaits, AStateThatNeverRecoversEndsItsOwnWaitOnly) {
  NatService service(3);
  service.gateways = {{nat_id(1), {.available_at = 8}},
                      {nat_id(2), {.available_at = 99, .failed_at = 4}},
                      {nat_id(3), {.available_at = 8}}};
  const auto ends = service.wait_for_each();
  EXPECT_EQ(ends.at(nat_id(2)).second,
            "Wait: gave up waiting for nat-102 to be available: NatGateways.State is failed, "
            "wanted available (No room)");
  EXPECT_LT(ends.at(nat_id(2)).first, 10);
  EXPECT_EQ(ends.at(nat_id(1)).second, kNothing);
  EXPECT_EQ(ends.at(nat_id(3)).second, kNothing);
  EXPECT_GE(ends.at(nat_id(3)).first, 8);
}

TEST(SharedWaits, WhatAwsDoesNotKnowYetHoldsNobodyUp) {
  NatService service(2);
  service.gateways = {{nat_id(1), {}}, {nat_id(2), {.available_at = 30, .known_at = 20}}};
  const auto ends = service.wait_for_each();
  EXPECT_EQ(ends.at(nat_id(1)), (std::pair<double, std::string>(0, kNothing)));
  EXPECT_EQ(ends.at(nat_id(2)).second, kNothing);
  EXPECT_GE(ends.at(nat_id(2)).first, 30);
}

TEST(SharedWaits, AQuestionWithMoreThanIdsIsAskedAlone) {
  TestSession t;
  t.network->then(200,
                  "<R><natGatewaySet><item><state>available</state></item></natGatewaySet></R>");
  ec2::Client(t.session).wait_until_nat_gateway_available(
      {.filter = {{.name = "vpc-id", .values = {"vpc-1"}}}});
  ASSERT_EQ(t.network->sent.size(), 1U);
  EXPECT_NE(t.network->sent.front().body.find("Filter.1.Name=vpc-id"), std::string::npos);
}

TEST(SharedWaits, WhatOthersWaitForDoesNotCount) {
  TestSession t;
  const auto groups = [](const std::string& members) {
    return "<R><DescribeAutoScalingGroupsResult><AutoScalingGroups>" + members +
           "</AutoScalingGroups></DescribeAutoScalingGroupsResult></R>";
  };
  const std::string other = "<member><AutoScalingGroupName>other</AutoScalingGroupName></member>";
  t.network->then(200, groups(other)).then(200, groups(other)).then(200, groups(""));
  const autoscaling::Client autoscaling(t.session);
  autoscaling.wait_until_group_deleted({.auto_scaling_group_names = {"mine"}});
  EXPECT_EQ(t.network->sent.size(), 1U);
  autoscaling.wait_until_group_deleted({.auto_scaling_group_names = {"other"}});
  EXPECT_EQ(t.network->sent.size(), 3U);
}

TEST(SharedWaits, AnAnswerFromBeforeTheWaitIsNotTaken) {
  TestSession t;
  const auto gateway = [](const std::string& state) {
    return "<R><natGatewaySet><item><natGatewayId>nat-1</natGatewayId><state>" + state +
           "</state></item></natGatewaySet></R>";
  };
  t.network->then(200, gateway("available")).then(200, gateway("deleted"));
  const ec2::Client ec2(t.session);
  ec2.wait_until_nat_gateway_available({.nat_gateway_ids = {"nat-1"}});
  ec2.wait_until_nat_gateway_deleted({.nat_gateway_ids = {"nat-1"}});
  EXPECT_EQ(t.network->sent.size(), 2U);
  EXPECT_EQ(t.clock.slept(), Seconds(0)) << "its first look found what it waits for";
}

}  // namespace
}  // namespace asiaq::aws
