#include "plan/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "aws/error.h"

namespace asiaq::plan {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

[[noreturn]] void lose_connection() {
  throw aws::ConnectionError("no answer came", aws::ConnectionError::Sent::perhaps);
}

/// A VPC that is made, a subnet in it whose outcome nobody knows, a route after it that is not
/// started, and a gateway that AWS refuses.
struct Broken {
  Broken() {
    const auto id = std::make_shared<std::string>();
    const auto vpc = [id](std::string kind) {
      return Resource{
          .kind = std::move(kind), .name = "demo", .id_when_made = [id] { return *id; }};
    };
    const ChangeId made = plan.add({.resource = vpc("VPC"), .carry_out = [id] { *id = "vpc-1"; }});
    const ChangeId lost =
        plan.add({.resource = {"subnet", "a", ""}, .carry_out = lose_connection, .after = {made}});
    plan.add({.resource = {"route", "b", ""}, .carry_out = [] {}, .after = {lost}});
    plan.add({.verb = Verb::attach,
              .resource = vpc("gateway"),
              .carry_out = [] { throw std::runtime_error("AWS said no"); },
              .after = {made}});
  }
  Plan plan;
};

Json broken_run() {
  const Broken broken;
  return Json::parse(as_json(broken.plan, execute(broken.plan),
                             {.started = from_unix_seconds(1500000000),
                              .lasted = Seconds(1.5),
                              .error = "2 changes failed",
                              .environment = {{"id", "vpc-1"}, {"type", ""}}}));
}

TEST(JsonOfARun, HasTheOutcomeAndReasonOfEveryChange) {
  const Json changes = broken_run()["changes"];
  ASSERT_EQ(changes.size(), 4U);
  std::vector<std::string> outcomes;
  for (const Json& change : changes) outcomes.push_back(change["outcome"]);
  EXPECT_THAT(outcomes, ElementsAre("done", "unknown", "not_started", "failed"));
  EXPECT_TRUE(changes[0]["reason"].is_null());
  EXPECT_EQ(changes[1]["reason"], "no answer came");
  EXPECT_TRUE(changes[2]["reason"].is_null());
  EXPECT_EQ(changes[3]["reason"], "AWS said no");
  EXPECT_EQ(changes[2]["after"], Json::array({1}));
}

TEST(JsonOfARun, HasTheIdsThatWereMadeAndOfWhatUsesThem) {
  const Json changes = broken_run()["changes"];
  EXPECT_EQ(changes[0]["id"], "vpc-1");
  EXPECT_EQ(changes[1]["id"], "");
  EXPECT_EQ(changes[3]["id"], "vpc-1");
}

TEST(JsonOfARun, CountsAndSaysHowItEnded) {
  const Json run = broken_run();
  EXPECT_EQ(run["outcome"], "failed");
  EXPECT_EQ(run["error"], "2 changes failed");
  EXPECT_EQ(run["environment"], Json({{"id", "vpc-1"}, {"type", nullptr}}));
  EXPECT_EQ(run["started"], "2017-07-14T02:40:00Z");
  EXPECT_EQ(run["seconds"], 1.5);
  EXPECT_EQ(run["counts"], Json({{"done", 1}, {"failed", 1}, {"not_started", 1}, {"unknown", 1}}));
}

TEST(JsonOfARun, WithoutChangesIsDone) {
  const Json run = Json::parse(as_json({}, {}, {}));
  EXPECT_EQ(run["outcome"], "done");
  EXPECT_TRUE(run["error"].is_null());
  EXPECT_FALSE(run.contains("environment"));
  EXPECT_EQ(run["changes"], Json::array());
}

TEST(JsonOfARun, MayFailAfterItsChanges) {
  EXPECT_EQ(Json::parse(as_json({}, {}, {.error = "peerings differ"}))["outcome"], "failed");
}

TEST(Execute, KnowsThatAWaitLeavesNothingUnknown) {
  Plan plan;
  plan.add({.verb = Verb::wait, .resource = {"VPC", "demo", ""}, .carry_out = lose_connection});
  EXPECT_THAT(execute(plan).outcomes, ElementsAre(Outcome::failed));
}

TEST(Execute, TakesTheServicesWordForAnUnknownOutcome) {
  Plan plan;
  for (const bool unknown : {true, false}) {
    plan.add({.resource = {"VPC", "demo", ""}, .carry_out = [unknown] {
                throw aws::ServiceError({.operation = "CreateVpc",
                                         .code = "InternalError",
                                         .http_status = 500,
                                         .outcome_unknown = unknown});
              }});
  }
  const Report report = execute(plan);
  EXPECT_THAT(report.outcomes, ElementsAre(Outcome::unknown, Outcome::failed));
  EXPECT_EQ(report.failures.size(), 2U);
}

}  // namespace
}  // namespace asiaq::plan
