#include "hostclass/launch_cleaning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace asiaq::hostclass {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const WallTime now = from_unix_seconds(1'465'400'000);
constexpr Seconds grace{300};

LaunchObject launch_template(const std::string& id, const std::string& hostclass, int seconds_old) {
  return {.id = id,
          .name = "ci_" + hostclass + "_" + id,
          .version = "1",
          .created = now - std::chrono::seconds(seconds_old)};
}

Group group_on(const std::string& template_id) {
  return {.name = "ci_mhcfoo_1", .launch = {.template_id = template_id}};
}

std::vector<std::string> unused_ids(const std::vector<LaunchObject>& objects,
                                    const std::vector<Group>& groups,
                                    const std::vector<Host>& hosts = {}) {
  std::vector<std::string> ids;
  for (const LaunchObject& object : unused_launch_objects(objects, groups, hosts, now, grace)) {
    ids.push_back(object.id.empty() ? object.name : object.id);
  }
  return ids;
}

TEST(UnusedLaunchObjects, AreThoseThatNoGroupRefersTo) {
  EXPECT_THAT(
      unused_ids({launch_template("lt-1", "mhcfoo", 1000), launch_template("lt-2", "mhcfoo", 900)},
                 {group_on("lt-2")}),
      ElementsAre("lt-1"));
}

TEST(UnusedLaunchObjects, CountOverridesAsUse) {
  Group mixed = group_on("lt-2");
  mixed.other_templates = {"lt-1"};
  EXPECT_THAT(unused_ids({launch_template("lt-1", "mhcfoo", 1000)}, {mixed}), IsEmpty());
}

TEST(UnusedLaunchObjects, LeaveWhatAHostOutsideOfGroupsWasStartedFrom) {
  const Host lone{.id = "i-1", .state = "running", .tags = {{"aws:ec2launchtemplate:id", "lt-1"}}};
  Host member = lone;
  member.tags["aws:autoscaling:groupName"] = "ci_mhcfoo_1";
  Host gone = lone;
  gone.state = "terminated";
  const std::vector<LaunchObject> objects{launch_template("lt-1", "mhcfoo", 1000)};
  EXPECT_THAT(unused_ids(objects, {}, {lone}), IsEmpty());
  EXPECT_THAT(unused_ids(objects, {}, {member}), ElementsAre("lt-1"));
  EXPECT_THAT(unused_ids(objects, {}, {gone}), ElementsAre("lt-1"));
}

TEST(UnusedLaunchObjects, LeaveYoungOnesThatARunMayBeAboutToUse) {
  EXPECT_THAT(
      unused_ids({launch_template("lt-1", "mhcfoo", 1000), launch_template("lt-2", "mhcfoo", 10)},
                 {group_on("lt-1")}),
      IsEmpty());
  EXPECT_THAT(unused_ids({launch_template("lt-3", "mhcbar", 10)}, {}), IsEmpty());
}

TEST(UnusedLaunchObjects, HoldYoungOnesThatWereReplaced) {
  EXPECT_THAT(
      unused_ids({launch_template("lt-1", "mhcfoo", 20), launch_template("lt-2", "mhcfoo", 10)},
                 {group_on("lt-2")}),
      ElementsAre("lt-1"));
}

TEST(UnusedLaunchObjects, GoByNameForConfigurations) {
  LaunchObject used{.kind = LaunchObject::Kind::launch_configuration, .name = "ci_mhcfoo_1"};
  LaunchObject unused{.kind = LaunchObject::Kind::launch_configuration, .name = "ci_mhcfoo_2"};
  Group group = group_on("");
  group.launch.configuration = "ci_mhcfoo_1";
  EXPECT_THAT(unused_ids({used, unused}, {group}), ElementsAre("ci_mhcfoo_2"));
}

}  // namespace
}  // namespace asiaq::hostclass
