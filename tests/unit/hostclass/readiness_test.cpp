#include "hostclass/readiness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace asiaq::hostclass {
namespace {

using ::testing::HasSubstr;

Host host(const std::string& state, std::map<std::string, std::string> tags = {}) {
  return {.id = "i-1", .state = state, .tags = std::move(tags)};
}

const LoginCheck yes = [](const Host&, const std::string&) { return true; };
const LoginCheck no = [](const Host&, const std::string&) { return false; };

TEST(Readiness, IsTheHostsOwnTag) {
  EXPECT_EQ(readiness_of(host("running", {{"smoketest", "tested"}}), std::nullopt, no),
            Readiness::passed);
  EXPECT_EQ(readiness_of(host("running"), std::nullopt, no), Readiness::not_ready);
  EXPECT_EQ(readiness_of(host("running", {{"smoketest", ""}}), std::nullopt, no),
            Readiness::not_ready);
}

TEST(Readiness, IsAskedOfRunningHostsWhereAUserIsConfigured) {
  EXPECT_EQ(readiness_of(host("running"), "smoketest", yes), Readiness::passed);
  EXPECT_EQ(readiness_of(host("running"), "smoketest", no), Readiness::not_ready);
  EXPECT_EQ(readiness_of(host("running"), std::nullopt, yes), Readiness::not_ready);
  EXPECT_EQ(readiness_of(host("pending"), "smoketest", yes), Readiness::not_ready);
}

TEST(Readiness, CannotComeToHostsThatGo) {
  for (const char* state : {"terminated", "shutting-down", "failed"}) {
    EXPECT_EQ(readiness_of(host(state, {{"smoketest", "tested"}}), std::nullopt, yes),
              Readiness::failed)
        << state;
  }
}

Group group(int min, int desired, std::vector<Member> members) {
  return {.name = "ci_mhcfoo_1", .sizes = {min, desired, 9}, .members = std::move(members)};
}

const std::vector<AwaitedGroup> awaited{{.hostclass = "mhcfoo", .group = "ci_mhcfoo_1"}};

TEST(MissingCapacity, CountsMembersOnTheirWayOrUp) {
  EXPECT_EQ(
      missing_capacity(awaited, {group(0, 2, {{"i-1", "InService"}, {"i-2", "Pending:Wait"}})}),
      std::nullopt);
  EXPECT_THAT(
      missing_capacity(awaited, {group(0, 2, {{"i-1", "InService"}, {"i-2", "Terminating"}})})
          .value_or("nothing"),
      HasSubstr("ci_mhcfoo_1 has 1 of 2 members"));
}

TEST(MissingCapacity, GoesByTheLargerOfMinimumAndDesired) {
  EXPECT_TRUE(missing_capacity(awaited, {group(0, 1, {})}).has_value());
  EXPECT_TRUE(missing_capacity(awaited, {group(1, 0, {})}).has_value());
  EXPECT_FALSE(missing_capacity(awaited, {group(0, 0, {})}).has_value());
}

TEST(MissingCapacity, NamesAGroupThatIsNotThere) {
  EXPECT_THAT(missing_capacity(awaited, {}).value_or("nothing"),
              HasSubstr("ci_mhcfoo_1 is not there"));
}

}  // namespace
}  // namespace asiaq::hostclass
