#include "plan/plan.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace asiaq::plan {
namespace {

Plan two_changes() {
  Plan plan;
  const ChangeId vpc = plan.add({.verb = Verb::create, .resource = {"VPC", "demo", ""}});
  plan.add({.verb = Verb::remove,
            .resource = {"route", "0.0.0.0/0", "rtb-1"},
            .details = {"via igw-1"},
            .after = {vpc}});
  return plan;
}

TEST(PlanText, HasALinePerChangeItsDetailsAndTheCounts) {
  EXPECT_EQ(as_text(two_changes()),
            "would create    VPC demo\n"
            "would delete    route 0.0.0.0/0 (rtb-1)\n"
            "      via igw-1\n"
            "2 changes: 1 to create, 1 to delete\n");
}

TEST(PlanText, SaysSoWhenThereIsNothingToDo) { EXPECT_EQ(as_text({}), "nothing to change\n"); }

TEST(PlanJson, NamesWhatEachChangeFollows) {
  const auto json = nlohmann::json::parse(as_json(two_changes()));
  ASSERT_EQ(json.size(), 2U);
  EXPECT_EQ(json[1]["verb"], "delete");
  EXPECT_EQ(json[1]["id"], "rtb-1");
  EXPECT_EQ(json[1]["after"], nlohmann::json::array({0}));
}

TEST(Plan, RefusesToFollowAChangeThatIsNotThere) {
  Plan plan;
  EXPECT_THROW(plan.add({.after = {ChangeId{0}}}), std::logic_error);
}

}  // namespace
}  // namespace asiaq::plan
