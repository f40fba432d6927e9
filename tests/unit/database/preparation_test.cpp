#include "database/preparation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "database/creation.h"
#include "support/thrown.h"

namespace asiaq::database {
namespace {

using aws::rds::DBInstance;
using aws::rds::DBSnapshot;
using testing::HasSubstr;

DatabaseConfig foodb() {
  return {.section = "ci-foodb",
          .id = "ci-foodb",
          .name = "foodb",
          .environment = "ci",
          .engine = "postgres",
          .version = "15",
          .instance_class = "db.t3.micro",
          .allocated_storage = 20};
}

DBInstance instance(const std::string& id, const std::string& vpc_id,
                    const std::string& group = "") {
  const std::string name = group.empty() ? id : group;
  return {
      .db_instance_identifier = id,
      .db_instance_status = "available",
      .db_parameter_groups = {{.db_parameter_group_name = name}},
      .db_subnet_group = aws::rds::DBSubnetGroup{.db_subnet_group_name = name, .vpc_id = vpc_id}};
}

DBSnapshot snapshot(const std::string& name, const std::string& status, int day,
                    const std::string& id = "ci-foodb") {
  return {.db_snapshot_identifier = name,
          .db_instance_identifier = id,
          .snapshot_create_time = aws::Timestamp(std::chrono::hours(24 * day)),
          .status = status};
}

TEST(Snapshots, TheNewestAvailableOneOfTheDatabaseCounts) {
  EXPECT_EQ(newest_snapshot(
                {snapshot("old", "available", 1), snapshot("new", "available", 3),
                 snapshot("unfinished", "creating", 4),
                 snapshot("other", "available", 5, "ci-bardb"), snapshot("middle", "available", 2)},
                "ci-foodb"),
            "new");
  EXPECT_EQ(newest_snapshot({snapshot("other", "available", 1, "ci-bardb")}, "ci-foodb"), "");
}

TEST(Preparation, OfANewDatabaseMakesAll) {
  const PreparedDatabase prepared = compared(foodb(), "", {});
  EXPECT_FALSE(prepared.is_there);
  EXPECT_EQ(prepared.subnet_group, GroupAction::make);
  EXPECT_EQ(prepared.parameter_group, GroupAction::make);
}

TEST(Preparation, ReplacesGroupsThatNothingUses) {
  const Region region{.subnet_groups = {{.db_subnet_group_name = "ci-foodb", .vpc_id = "vpc-old"}},
                      .parameter_groups = {{.db_parameter_group_name = "ci-foodb"}}};
  const PreparedDatabase prepared = compared(foodb(), "vpc-ci", region);
  EXPECT_EQ(prepared.subnet_group, GroupAction::replace);
  EXPECT_EQ(prepared.parameter_group, GroupAction::replace);
}

TEST(Preparation, KeepsWhatAnInterruptedRunHasMade) {
  const Region region{.instances = {instance("ci-foodb", "vpc-ci")},
                      .subnet_groups = {{.db_subnet_group_name = "ci-foodb", .vpc_id = "vpc-ci"}},
                      .parameter_groups = {{.db_parameter_group_name = "ci-foodb"}},
                      .snapshots = {snapshot("s", "available", 1)}};
  const PreparedDatabase prepared = compared(foodb(), "vpc-ci", region);
  EXPECT_TRUE(prepared.is_there);
  EXPECT_EQ(prepared.snapshot, "");
  EXPECT_EQ(prepared.subnet_group, GroupAction::keep);
  EXPECT_EQ(prepared.parameter_group, GroupAction::keep);
}

TEST(Preparation, RefusesWhatBelongsToOthers) {
  const auto refused = [](const Region& region) {
    return test::thrown_by([&] { compared(foodb(), "vpc-ci", region); });
  };
  EXPECT_THAT(refused({.instances = {instance("ci-foodb", "vpc-x")}}),
              HasSubstr("RDS: database ci-foodb of environment ci exists already, in VPC vpc-x"));
  EXPECT_THAT(refused({.instances = {instance("other", "vpc-x", "ci-foodb")},
                       .subnet_groups = {{.db_subnet_group_name = "ci-foodb"}}}),
              HasSubstr("the subnet group ci-foodb, which database ci-foodb of environment ci "
                        "needs, is used by database other"));
  EXPECT_THAT(refused({.instances = {instance("other", "vpc-x", "ci-foodb")},
                       .parameter_groups = {{.db_parameter_group_name = "ci-foodb"}}}),
              HasSubstr("the parameter group ci-foodb"));
  DBInstance going = instance("ci-foodb", "vpc-ci");
  going.db_instance_status = "deleting";
  EXPECT_THAT(refused({.instances = {going}}), HasSubstr("is being deleted"));
}

DBInstance restored() {
  DBInstance present = instance("ci-foodb", "vpc-ci");
  present.allocated_storage = 20;
  present.db_instance_class = "db.t3.micro";
  present.engine_version = "15.4";
  present.multi_az = true;
  present.auto_minor_version_upgrade = true;
  present.backup_retention_period = 1;
  present.vpc_security_groups = {{.vpc_security_group_id = "sg-1"}};
  return present;
}

TEST(Differences, OfADatabaseThatIsAsWantedAreItsPassword) {
  const PreparedDatabase wanted{.config = foodb(), .password = "secret"};
  const auto request = differences(wanted, "sg-1", restored());
  EXPECT_EQ(request.master_user_password, "secret");
  EXPECT_EQ(request.apply_immediately, true);
  EXPECT_FALSE(request.allocated_storage || request.db_instance_class || request.engine_version ||
               request.multi_az || request.auto_minor_version_upgrade || request.iops ||
               request.backup_retention_period || request.preferred_backup_window ||
               request.preferred_maintenance_window || request.db_parameter_group_name);
  EXPECT_TRUE(request.vpc_security_group_ids.empty());
}

TEST(Differences, AreSentAndNothingElse) {
  PreparedDatabase wanted{.config = foodb(), .password = "secret"};
  wanted.config.allocated_storage = 30;
  wanted.config.version = "16.1";
  wanted.config.multi_az = false;
  wanted.config.iops = 3000;
  wanted.config.maintenance_window = "sat:05:00-sat:06:00";
  const auto request = differences(wanted, "sg-2", restored());
  EXPECT_EQ(request.allocated_storage, 30);
  EXPECT_EQ(request.engine_version, "16.1");
  EXPECT_EQ(request.multi_az, false);
  EXPECT_EQ(request.iops, 3000);
  EXPECT_EQ(request.preferred_maintenance_window, "sat:05:00-sat:06:00");
  EXPECT_THAT(request.vpc_security_group_ids, testing::ElementsAre("sg-2"));
  EXPECT_FALSE(request.db_instance_class || request.backup_retention_period);
}

TEST(Differences, DoNotShrinkStorage) {
  PreparedDatabase wanted{.config = foodb()};
  wanted.config.allocated_storage = 10;
  EXPECT_FALSE(differences(wanted, "sg-1", restored()).allocated_storage);
}

}  // namespace
}  // namespace asiaq::database
