#include "hostclass/group.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace asiaq::hostclass {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct NewSizesCase {
  GivenSizes given;
  GroupSizes expected;
};

class SizesOfNewGroup : public ::testing::TestWithParam<NewSizesCase> {};

TEST_P(SizesOfNewGroup, FollowFromWhatIsGiven) {
  EXPECT_EQ(sizes_of_new_group(GetParam().given), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Table, SizesOfNewGroup,
    ::testing::Values(NewSizesCase{{}, {0, 0, 0}}, NewSizesCase{{.desired = 1}, {0, 1, 1}},
                      NewSizesCase{{.min = 1}, {1, 1, 1}},
                      NewSizesCase{{.min = 1, .desired = 2}, {1, 2, 2}},
                      NewSizesCase{{.max = 3}, {0, 3, 3}},
                      NewSizesCase{{.desired = 0, .max = 3}, {0, 0, 3}},
                      NewSizesCase{{.min = 1, .desired = 2, .max = 4}, {1, 2, 4}}));

TEST(SizesOfNewGroup, MustBeInOrder) {
  EXPECT_THROW(sizes_of_new_group({.min = 2, .max = 1}), ConfigError);
  EXPECT_THROW(sizes_of_new_group({.min = 2, .desired = 1}), ConfigError);
  EXPECT_THROW(sizes_of_new_group({.desired = 5, .max = 4}), ConfigError);
}

struct UpdatedSizesCase {
  GivenSizes given;
  GroupSizes expected;
};

class SizesAfterUpdate : public ::testing::TestWithParam<UpdatedSizesCase> {};

TEST_P(SizesAfterUpdate, KeepWhatIsNotGiven) {
  EXPECT_EQ(sizes_after_update({1, 2, 4}, GetParam().given), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Table, SizesAfterUpdate,
    ::testing::Values(UpdatedSizesCase{{}, {1, 2, 4}}, UpdatedSizesCase{{.desired = 1}, {1, 1, 4}},
                      UpdatedSizesCase{{.desired = 6}, {1, 6, 6}},
                      UpdatedSizesCase{{.min = 3}, {3, 3, 4}},
                      UpdatedSizesCase{{.min = 5}, {5, 5, 5}},
                      UpdatedSizesCase{{.max = 1}, {1, 1, 1}},
                      UpdatedSizesCase{{.min = 0, .desired = 0, .max = 0}, {0, 0, 0}}));

TEST(SizesAfterUpdate, MustBeInOrder) {
  EXPECT_THROW(sizes_after_update({1, 2, 4}, {.max = 0}), ConfigError);
  EXPECT_THROW(sizes_after_update({1, 2, 4}, {.desired = 0}), ConfigError);
  EXPECT_THROW(sizes_after_update({1, 2, 4}, {.desired = 5, .max = 4}), ConfigError);
}

TEST(PoliciesOfNewGroup, ReplaceTheOldestTemplateByDefault) {
  EXPECT_THAT(policies_of_new_group(std::nullopt), ElementsAre("OldestLaunchTemplate"));
  EXPECT_THAT(policies_of_new_group({{"OldestInstance"}}), ElementsAre("OldestInstance"));
}

TEST(PoliciesOfNewGroup, PairConfigurationsWithTemplates) {
  EXPECT_THAT(policies_of_new_group({{"OldestLaunchConfiguration", "OldestInstance"}}),
              ElementsAre("OldestLaunchConfiguration", "OldestLaunchTemplate", "OldestInstance"));
}

Group group() {
  return {.name = "ci_mhcfoo_1",
          .sizes = {1, 2, 2},
          .launch = {.template_id = "lt-1", .template_version = "1"},
          .subnets = {"subnet-1", "subnet-2"},
          .termination_policies = {"OldestLaunchTemplate"},
          .tags = {{"hostclass", "mhcfoo"}, {"team", "red"}}};
}

TEST(GroupUpdate, IsEmptyWhenNothingDiffers) {
  const WantedGroup wanted{.sizes = {.min = 1, .desired = 2},
                           .subnets = {"subnet-1", "subnet-2"},
                           .tags = {{"hostclass", "mhcfoo"}}};
  EXPECT_TRUE(update_of(group(), wanted).empty());
}

TEST(GroupUpdate, HoldsOnlyWhatDiffers) {
  const WantedGroup wanted{.sizes = {.desired = 1},
                           .subnets = {"subnet-1"},
                           .tags = {{"hostclass", "mhcfoo"}, {"chaos", "True"}}};
  const GroupUpdate update = update_of(group(), wanted);
  EXPECT_EQ(update.sizes, (GivenSizes{.desired = 1}));
  EXPECT_EQ(update.subnets, (std::vector<std::string>{"subnet-1"}));
  EXPECT_EQ(update.termination_policies, std::nullopt);
  EXPECT_EQ(update.tags, (std::map<std::string, std::string>{{"chaos", "True"}}));
  EXPECT_THAT(description(update, group()),
              ElementsAre("desired_size: 2 -> 1", "subnets: subnet-1 subnet-2 -> subnet-1",
                          "tag chaos: none -> True"));
}

TEST(GroupUpdate, AppliedLeavesNothingToUpdate) {
  const WantedGroup wanted{.sizes = {.min = 3},
                           .subnets = {"subnet-1"},
                           .termination_policies = {{"OldestInstance"}},
                           .tags = {{"chaos", "True"}}};
  EXPECT_TRUE(update_of(updated(group(), update_of(group(), wanted)), wanted).empty());
}

TEST(GroupUpdate, PairsThePoliciesOfAGroupThatLeavesItsLaunchConfiguration) {
  Group old = group();
  old.launch = {.configuration = "ci_mhcfoo_7"};
  old.termination_policies = {"OldestLaunchConfiguration"};
  const GroupUpdate update = update_of(old, {.subnets = old.subnets});
  EXPECT_EQ(update.termination_policies,
            (std::vector<std::string>{"OldestLaunchConfiguration", "OldestLaunchTemplate"}));
}

Group named(const std::string& name) {
  Group result = group();
  result.name = name;
  return result;
}

TEST(GroupsOfHostclass, AreNewestFirstAndOfThatHostclassOnly) {
  const auto found = groups_of({named("ci_mhcfoo_1"), named("ci_mhcfoobar_2"), named("ci_mhcfoo_3"),
                                named("ci-two_mhcfoo_4")},
                               "ci", "mhcfoo");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].name, "ci_mhcfoo_3");
  EXPECT_EQ(found[1].name, "ci_mhcfoo_1");
}

TEST(GroupsOfHostclass, LeaveOutThoseBeingDeleted) {
  Group going = named("ci_mhcfoo_1");
  going.being_deleted = true;
  EXPECT_THAT(groups_of({going}, "ci", "mhcfoo"), IsEmpty());
}

TEST(GroupOfHostclass, RefusesTwo) {
  EXPECT_EQ(group_of({}, "ci", "mhcfoo"), std::nullopt);
  EXPECT_EQ(group_of({named("ci_mhcfoo_1")}, "ci", "mhcfoo")->name, "ci_mhcfoo_1");
  try {
    group_of({named("ci_mhcfoo_1"), named("ci_mhcfoo_2")}, "ci", "mhcfoo");
    FAIL() << "two groups were accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("too many autoscaling groups"));
    EXPECT_THAT(error.what(), HasSubstr("ci_mhcfoo_2, ci_mhcfoo_1"));
  }
}

TEST(AwaitedMembers, AreTheLargerOfMinimumAndDesired) {
  Group g = group();
  g.sizes = {0, 2, 2};
  EXPECT_EQ(g.awaited_members(), 2);
  g.sizes = {3, 2, 4};
  EXPECT_EQ(g.awaited_members(), 3);
}

}  // namespace
}  // namespace asiaq::hostclass
