#include "environment/destroy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "aws/session.h"
#include "network/error.h"

namespace asiaq::environment {
namespace {

Inventory demo() {
  Inventory inventory;
  inventory.vpc.id = "vpc-1";
  inventory.vpc.name = "demo";
  inventory.vpc.type = "sandbox";
  return inventory;
}

plan::Plan planned(const Inventory& inventory) {
  aws::Session session(aws::SessionOptions{.access = aws::Access::read_only, .region = "xx"});
  return plan_destruction(session, inventory);
}

std::size_t position(const plan::Plan& plan, const std::string& kind, const std::string& name) {
  const auto& changes = plan.changes();
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (changes[i].resource.kind == kind && changes[i].resource.name == name) return i;
  }
  ADD_FAILURE() << "no " << kind << " " << name;
  return 0;
}

/// Whether the change at `later` has to wait for that at `earlier`, directly or not.
bool follows(const plan::Plan& plan, std::size_t later, std::size_t earlier) {
  const auto& before = plan.changes()[later].after;
  return std::ranges::any_of(before, [&](const plan::ChangeId id) {
    return id.index == earlier || follows(plan, id.index, earlier);
  });
}

TEST(Destruction, OfAnEmptyVpcIsTheVpc) {
  const plan::Plan plan = planned(demo());
  ASSERT_EQ(plan.changes().size(), 1U);
  EXPECT_EQ(plan.changes()[0].resource.id, "vpc-1");
}

TEST(Destruction, TakesTheVpcLast) {
  Inventory inventory = demo();
  inventory.subnets = {{"subnet-1", "a"}};
  inventory.groups = {{.id = "sg-1", .name = "g"}, {.id = "sg-0", .name = "d", .is_default = true}};
  inventory.endpoints = {{"vpce-1", "s3"}};
  inventory.internet_gateways = {{.id = "igw-1", .is_attached = true}};
  inventory.dhcp_sets = {{.id = "dopt-1"}};
  inventory.own_allocations = {"eipalloc-1"};
  inventory.peerings = {{.id = "pcx-1"}};
  const plan::Plan plan = planned(inventory);
  const std::size_t last = plan.changes().size() - 1;
  EXPECT_EQ(plan.changes()[last].resource.kind, "VPC");
  for (std::size_t i = 0; i < last; ++i) {
    EXPECT_TRUE(follows(plan, last, i)) << plan.changes()[i].resource.kind;
  }
}

TEST(Destruction, TerminatesInstancesOnceTheirGroupsAreGone) {
  Inventory inventory = demo();
  inventory.scaling_groups = {"demo_web_1"};
  inventory.launch_templates = {{"lt-1", "demo_web_1"}};
  const plan::Plan plan = planned(inventory);
  const std::size_t group = position(plan, "auto scaling group", "demo_web_1");
  EXPECT_TRUE(follows(plan, position(plan, "instances of", "demo"), group));
  EXPECT_TRUE(follows(plan, position(plan, "launch template", "demo_web_1"), group));
}

TEST(Destruction, RevokesRulesBeforeAnyGroupThatTheyMention) {
  Inventory inventory = demo();
  const aws::ec2::IpPermission rule{.ip_protocol = "tcp",
                                    .user_id_group_pairs = {{.group_id = "sg-2"}}};
  inventory.groups = {{.id = "sg-1", .name = "one", .ingress = {rule}},
                      {.id = "sg-2", .name = "two"}};
  const plan::Plan plan = planned(inventory);
  EXPECT_TRUE(follows(plan, position(plan, "security group", "two"),
                      position(plan, "security group rules", "one")));
}

TEST(Destruction, LeavesTheMainTableAndTheDefaultGroupToTheVpc) {
  Inventory inventory = demo();
  inventory.groups = {{.id = "sg-0", .name = "default", .is_default = true}};
  inventory.tables = {{.id = "rtb-0", .associations = {{.id = "assoc-0", .is_main = true}}}};
  EXPECT_EQ(planned(inventory).changes().size(), 1U);
}

TEST(Destruction, DetachesTablesOfSubnetsThatAreGoneAlready) {
  Inventory inventory = demo();
  inventory.tables = {
      {.id = "rtb-1", .name = "t", .associations = {{.id = "a-1", .subnet_id = "subnet-gone"}}}};
  const plan::Plan plan = planned(inventory);
  ASSERT_EQ(plan.changes().size(), 3U);
  EXPECT_EQ(plan.changes()[0].verb, plan::Verb::detach);
  EXPECT_EQ(plan.changes()[1].verb, plan::Verb::remove);
}

TEST(Destruction, WaitsForGatewaysBeforeItReleasesTheirAddresses) {
  Inventory inventory = demo();
  inventory.nat_gateways = {{.id = "nat-1"}, {.id = "nat-0", .is_gone = true}};
  inventory.own_allocations = {"eipalloc-1"};
  const plan::Plan plan = planned(inventory);
  EXPECT_TRUE(follows(plan, position(plan, "elastic IP", "eipalloc-1"),
                      position(plan, "NAT gateways of", "demo")));
  EXPECT_TRUE(follows(plan, position(plan, "NAT gateways of", "demo"),
                      position(plan, "NAT gateway", "nat-1")));
  EXPECT_EQ(plan.changes().size(), 4U);
}

TEST(Destruction, TakesTheNetworkFromDatabasesAndCachesWhenTheyAreGone) {
  Inventory inventory = demo();
  inventory.scaling_groups = {"demo_web_1"};
  inventory.interfaces = {{"eni-1", "10.0.0.4"}};
  inventory.subnets = {{"subnet-1", "a"}};
  inventory.services.databases = {
      .instances = {{.id = "demo-foodb", .status = "available", .endpoint = "db.aws"}},
      .subnet_groups = {"demo-foodb"}};
  inventory.services.caches = {
      .groups = {{.id = "a1", .name = "demo-redis", .endpoints = {"redis.aws"}}}};
  inventory.services.records = {{.zone_id = "Z1",
                                 .set = {.name = "db.example.com.",
                                         .type = "CNAME",
                                         .resource_records = {{.value = "db.aws"}}}},
                                {.zone_id = "Z1",
                                 .set = {.name = "redis.example.com.",
                                         .type = "CNAME",
                                         .resource_records = {{.value = "redis.aws"}}}}};
  const plan::Plan plan = planned(inventory);
  const std::size_t hosts = position(plan, "instances of", "demo");
  const std::size_t database = position(plan, "database", "demo-foodb");
  const std::size_t cache = position(plan, "cache", "demo-redis");
  EXPECT_TRUE(follows(plan, database, hosts));
  EXPECT_TRUE(follows(plan, cache, hosts));
  EXPECT_TRUE(follows(plan, database, position(plan, "DNS record", "db.example.com.")));
  EXPECT_FALSE(follows(plan, database, position(plan, "DNS record", "redis.example.com.")));
  EXPECT_TRUE(follows(plan, cache, position(plan, "DNS record", "redis.example.com.")));
  const std::size_t interfaces = position(plan, "network interfaces of", "demo");
  EXPECT_TRUE(follows(plan, interfaces, position(plan, "databases of", "demo")));
  EXPECT_TRUE(follows(plan, interfaces, position(plan, "caches of", "demo")));
  EXPECT_TRUE(follows(plan, position(plan, "VPC", "demo"),
                      position(plan, "database subnet group", "demo-foodb")));
}

TEST(Destruction, IsRefusedBeforeTheFirstChangeForADatabaseThatCannotGo) {
  Inventory inventory = demo();
  inventory.services.databases = {.instances = {{.id = "demo-foodb", .status = "modifying"}}};
  EXPECT_THROW(planned(inventory), Error);
}

TEST(Destruction, IsRefusedForWhatIsNoEnvironment) {
  Inventory inventory = demo();
  inventory.vpc.is_default = true;
  EXPECT_THROW(planned(inventory), network::VpcEnvironmentError);
  inventory = demo();
  inventory.vpc.type.clear();
  EXPECT_THROW(planned(inventory), network::VpcEnvironmentError);
  inventory = demo();
  inventory.vpc.name.clear();
  EXPECT_THROW(planned(inventory), network::VpcEnvironmentError);
}

}  // namespace
}  // namespace asiaq::environment
