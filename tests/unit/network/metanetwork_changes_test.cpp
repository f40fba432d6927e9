#include "network/metanetwork_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "aws/ec2/client.h"
#include "aws/session.h"
#include "support/thrown.h"

namespace asiaq::network {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Cidr cidr(const char* text) { return Cidr::parse(text).value(); }

/// Two zones of intranet behind one table that leads 0.0.0.0/0 to a gateway.
ObservedMetanetworks central_layout() {
  ObservedMetanetworks observed;
  observed.metanetworks["intranet"] = {
      .name = "intranet",
      .group_id = "sg-1",
      .subnets = {{.id = "subnet-a", .zone = "z-a", .range = cidr("10.0.0.0/24")},
                  {.id = "subnet-b", .zone = "z-b", .range = cidr("10.0.1.0/24")}}};
  observed.tables = {{.id = "rtb-central",
                      .name = "demo_intranet",
                      .metanetwork = "intranet",
                      .associations = {{.id = "assoc-a", .subnet_id = "subnet-a"},
                                       {.id = "assoc-b", .subnet_id = "subnet-b"}},
                      .routes = {{cidr("10.0.0.0/16"), "local", ObservedRoute::Owner::fixed},
                                 {cidr("0.0.0.0/0"), "igw-1"},
                                 {cidr("10.9.0.0/16"), "pcx-1", ObservedRoute::Owner::other}}}};
  return observed;
}

struct Planned {
  plan::Plan plan;
  std::vector<PlannedMetanetwork> metanetworks;

  std::vector<std::string> lines() const {
    std::vector<std::string> result;
    for (const plan::Change& change : plan.changes()) {
      result.push_back(std::string(to_string(change.verb)) + " " + change.resource.kind + " " +
                       change.resource.name);
    }
    return result;
  }

  bool follows(std::size_t later, std::size_t earlier) const {
    const auto& before = plan.changes()[later].after;
    return std::ranges::any_of(before, [&](const plan::ChangeId id) {
      return id.index == earlier || follows(id.index, earlier);
    });
  }
};

Planned planned(const ObservedMetanetworks& observed, const std::set<std::string>& per_zone) {
  aws::Session session(aws::SessionOptions{.access = aws::Access::read_only, .region = "xx"});
  Planned result;
  result.metanetworks = add_metanetworks(
      result.plan, aws::ec2::Client(session),
      {.environment = "demo", .vpc = Reference("vpc-1"), .tables_per_zone = per_zone},
      {layout_of(observed.metanetworks.at("intranet"))}, observed);
  return result;
}

TEST(Metanetworks, OfTheCentralLayoutKeepTheirTable) {
  const Planned result = planned(central_layout(), {});
  EXPECT_THAT(result.plan.changes(), IsEmpty());
  ASSERT_THAT(result.metanetworks[0].tables(), SizeIs(1));
  EXPECT_EQ(result.metanetworks[0].tables()[0].table.id(), "rtb-central");
}

TEST(Metanetworks, GetTablesPerZoneWithoutLosingARoute) {
  const Planned result = planned(central_layout(), {"intranet"});
  EXPECT_THAT(
      result.lines(),
      ElementsAre(
          "create route table demo_intranet_z-a", "create route demo_intranet_z-a 0.0.0.0/0",
          "create route demo_intranet_z-a 10.9.0.0/16",
          "replace route table of subnet demo_intranet_z-a", "create route table demo_intranet_z-b",
          "create route demo_intranet_z-b 0.0.0.0/0", "create route demo_intranet_z-b 10.9.0.0/16",
          "replace route table of subnet demo_intranet_z-b", "delete route table demo_intranet"));
  EXPECT_TRUE(result.follows(3, 1) && result.follows(3, 2));
  EXPECT_TRUE(result.follows(8, 3) && result.follows(8, 7));
  EXPECT_THAT(result.metanetworks[0].tables(), SizeIs(2));
}

TEST(Metanetworks, GoOnWithAReplacementThatWasKilled) {
  ObservedMetanetworks observed = central_layout();
  observed.tables[0].associations.erase(observed.tables[0].associations.begin());
  observed.tables.push_back({.id = "rtb-a",
                             .metanetwork = "intranet",
                             .zone = "z-a",
                             .associations = {{.id = "assoc-a", .subnet_id = "subnet-a"}},
                             .routes = {{cidr("0.0.0.0/0"), "igw-1"}}});
  observed.tables.push_back({.id = "rtb-b",
                             .metanetwork = "intranet",
                             .zone = "z-b",
                             .routes = {{cidr("0.0.0.0/0"), "igw-1"}}});
  EXPECT_THAT(planned(observed, {}).lines(),
              ElementsAre("create route demo_intranet_z-b 10.9.0.0/16",
                          "replace route table of subnet demo_intranet_z-b",
                          "delete route table demo_intranet"));
}

TEST(Metanetworks, KeepACentralTableThatServesOthersToo) {
  ObservedMetanetworks observed = central_layout();
  observed.tables[0].associations.push_back({.id = "assoc-x", .subnet_id = "subnet-foreign"});
  const std::vector<std::string> lines = planned(observed, {"intranet"}).lines();
  EXPECT_EQ(std::ranges::find(lines, "delete route table demo_intranet"), lines.end());
}

TEST(Metanetworks, RefuseTwoCentralTables) {
  ObservedMetanetworks observed = central_layout();
  observed.tables.push_back({.id = "rtb-second", .metanetwork = "intranet"});
  EXPECT_THAT(test::thrown_by([&] { planned(observed, {}); }),
              HasSubstr("rtb-central and rtb-second"));
}

TEST(Metanetworks, GetBackATableThatSomebodyDeleted) {
  ObservedMetanetworks observed = central_layout();
  observed.tables.clear();
  EXPECT_THAT(
      planned(observed, {}).lines(),
      ElementsAre("create route table demo_intranet_z-a", "associate route table demo_intranet_z-a",
                  "create route table demo_intranet_z-b",
                  "associate route table demo_intranet_z-b"));
}

TEST(Layouts, DivideARangeAmongZones) {
  const std::vector<MetanetworkLayout> result =
      divided({{"tunnel", cidr("10.0.0.0/22")}}, {"z-a", "z-b", "z-c"});
  ASSERT_THAT(result, SizeIs(1));
  ASSERT_THAT(result[0].zones, SizeIs(3));
  EXPECT_EQ(result[0].zones[2].range, cidr("10.0.2.0/24"));
}

}  // namespace
}  // namespace asiaq::network
