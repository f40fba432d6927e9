#include "database/removal.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "database/final_snapshot.h"
#include "support/aws_session.h"
#include "support/thrown.h"

namespace asiaq::database {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

plan::Plan planned(const Observation& observation) {
  aws::TestSession test;
  plan::Plan plan;
  add_removal(plan, test.session, "ci", observation,
              [](const Instance&) { return std::vector<plan::ChangeId>(); });
  return plan;
}

std::vector<std::string> lines(const plan::Plan& plan) {
  std::vector<std::string> result;
  for (const plan::Change& change : plan.changes()) {
    result.push_back(change.resource.kind + " " + change.resource.name);
    for (const plan::ChangeId id : change.after) result.back() += fmt::format(" <{}", id.index);
  }
  return result;
}

TEST(FinalSnapshot, IsNamedAfterTheInstance) {
  EXPECT_EQ(final_snapshot_name("ci-foodb", {"ci-foodb", "ci-bardb-final-snapshot"}, {}),
            "ci-foodb-final-snapshot");
}

TEST(FinalSnapshot, TakesTheNameOfNoOlderOne) {
  EXPECT_EQ(
      final_snapshot_name("ci-foodb", {"ci-foodb-final-snapshot"}, from_unix_seconds(1457067967)),
      "ci-foodb-final-snapshot-20160304050607");
}

TEST(Deletion, IsPossibleInGoodStatesOnly) {
  EXPECT_NO_THROW(check_deletable("ci", {{.id = "a", .status = "available"},
                                         {.id = "b", .status = "backing-up"},
                                         {.id = "c", .status = "creating"},
                                         {.id = "d", .status = "deleting"}}));
  EXPECT_THAT(test::thrown_by([] {
                check_deletable("ci", {{.id = "ci-a", .status = "modifying"},
                                       {.id = "ci-b", .status = "available"},
                                       {.id = "ci-c", .status = "incompatible-network"}});
              }),
              HasSubstr("RDS: databases of environment ci cannot be deleted now: ci-a (modifying), "
                        "ci-c (incompatible-network) ("));
}

TEST(Deletion, IsRefusedForWhatASnapshotWouldNotHoldAndForWhatIsProtected) {
  EXPECT_THAT(test::thrown_by([] {
                check_deletable("ci", {{.id = "a", .status = "available", .cluster = "x"},
                                       {.id = "b", .status = "available", .is_protected = true}});
              }),
              HasSubstr("now: a (part of cluster x), b (protected against deletion)"));
  // What goes already was somebody else's decision.
  EXPECT_NO_THROW(check_deletable("ci", {{.id = "a", .status = "deleting", .cluster = "x"}}));
}

TEST(Removal, DeletesGroupsWhenAllDatabasesAreGone) {
  const plan::Plan plan = planned(
      {.instances = {{.id = "ci-a", .status = "available"}, {.id = "ci-b", .status = "deleting"}},
       .subnet_groups = {"ci-a"},
       .parameter_groups = {"ci-a"}});
  EXPECT_THAT(lines(plan),
              ElementsAre("database ci-a", "databases of ci <0", "database parameter group ci-a <1",
                          "database subnet group ci-a <1 <2"));
}

TEST(Removal, OfNothingIsNothing) { EXPECT_TRUE(planned({}).empty()); }

TEST(Removal, SaysWhereTheDataStays) {
  const plan::Plan plan =
      planned({.instances = {{.id = "ci-a", .status = "available"},
                             {.id = "ci-b", .status = "available", .is_replica = true}},
               .snapshots = {"ci-a-final-snapshot"}});
  EXPECT_THAT(plan.changes()[0].details.front(),
              HasSubstr("keeping its data in snapshot ci-a-final-snapshot-20"));
  EXPECT_EQ(plan.changes()[1].details.front(), "without a snapshot: it is a replica");
}

}  // namespace
}  // namespace asiaq::database
