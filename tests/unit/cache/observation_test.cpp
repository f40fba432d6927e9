#include "cache/observation.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>

#include "aws/elasticache/client.h"
#include "cache/removal.h"
#include "support/aws_session.h"

namespace asiaq::cache {
namespace {

using testing::ElementsAre;
using testing::Field;

std::string answer(const std::string& operation, const std::string& list,
                   const std::string& items) {
  return fmt::format("<{0}Response><{0}Result><{1}>{2}</{1}></{0}Result></{0}Response>", operation,
                     list, items);
}

/// ElastiCache with the given lists, whatever is asked first.
struct Service {
  std::string groups;
  std::string subnet_groups;
  std::string members;
  std::string tags;

  Observation observed() const {
    aws::TestSession test;
    test.network->then([*this](const aws::http::Request& request) {
      aws::http::Response response;
      response.status = 200;
      response.body = answer("ListTagsForResource", "TagList", tags);
      for (const auto& [operation, list, items] :
           {std::tuple("DescribeReplicationGroups", "ReplicationGroups", groups),
            std::tuple("DescribeCacheSubnetGroups", "CacheSubnetGroups", subnet_groups),
            std::tuple("DescribeCacheClusters", "CacheClusters", members)}) {
        if (request.body.find(std::string("Action=") + operation) != std::string::npos) {
          response.body = answer(operation, list, items);
        }
      }
      return response;
    });
    return observe_vpc(aws::elasticache::Client(test.session), "ci", "vpc-ci");
  }
};

std::string group(const std::string& id, const std::string& description) {
  return "<ReplicationGroup><ReplicationGroupId>" + id + "</ReplicationGroupId><Description>" +
         description + "</Description><Status>available</Status><ARN>arn:" + id +
         "</ARN></ReplicationGroup>";
}

std::string subnet_group(const std::string& name, const std::string& vpc_id) {
  return "<CacheSubnetGroup><CacheSubnetGroupName>" + name + "</CacheSubnetGroupName><VpcId>" +
         vpc_id + "</VpcId></CacheSubnetGroup>";
}

std::string member(const std::string& group_id, const std::string& subnets) {
  return "<CacheCluster><ReplicationGroupId>" + group_id +
         "</ReplicationGroupId><CacheSubnetGroupName>" + subnets +
         "</CacheSubnetGroupName></CacheCluster>";
}

const std::string two_places =
    subnet_group("ci-intranet", "vpc-ci") + subnet_group("ci-foo-intranet", "vpc-ci-foo");

TEST(Caches, BelongToTheVpcOfTheirMembersWhateverTheirNames) {
  const Service service{.groups = group("a1", "ci-foo-redis") + group("a2", "ci-foo-redis"),
                        .subnet_groups = two_places,
                        .members = member("a1", "ci-intranet") + member("a2", "ci-foo-intranet")};
  const Observation observation = service.observed();
  EXPECT_THAT(observation.groups, ElementsAre(Field(&Group::id, "a1")));
  EXPECT_THAT(observation.subnet_groups, ElementsAre("ci-intranet"));
}

TEST(Caches, WithoutMembersBelongToTheEnvironmentOfTheirTag) {
  Service service{.groups = group("a1", "ci-redis"),
                  .subnet_groups = two_places,
                  .tags = "<Tag><Key>environment</Key><Value>ci</Value></Tag>"};
  EXPECT_EQ(service.observed().groups.size(), 1U);
  service.tags = "<Tag><Key>environment</Key><Value>ci-foo</Value></Tag>";
  EXPECT_TRUE(service.observed().groups.empty());
  service.tags.clear();
  EXPECT_TRUE(service.observed().groups.empty());
}

TEST(Caches, AreClustersTooThatAreInNoGroup) {
  const std::string alone =
      "<CacheCluster><CacheClusterId>ci-sessions</CacheClusterId><CacheClusterStatus>available"
      "</CacheClusterStatus><CacheSubnetGroupName>ci-intranet</CacheSubnetGroupName><CacheNodes>"
      "<CacheNode><Endpoint><Address>one.aws</Address></Endpoint></CacheNode></CacheNodes>"
      "<ConfigurationEndpoint><Address>all.aws</Address></ConfigurationEndpoint></CacheCluster>"
      "<CacheCluster><CacheClusterId>ci-other</CacheClusterId><CacheSubnetGroupName>ci-foo-intranet"
      "</CacheSubnetGroupName></CacheCluster>";
  const Service service{.subnet_groups = two_places, .members = alone};
  const Observation observation = service.observed();
  ASSERT_EQ(observation.groups.size(), 1U);
  EXPECT_EQ(observation.groups[0].kind, Group::Kind::cluster);
  EXPECT_EQ(observation.groups[0].name, "ci-sessions");
  EXPECT_EQ(observation.groups[0].status, "available");
  EXPECT_THAT(observation.groups[0].endpoints, ElementsAre("one.aws", "all.aws"));
}

TEST(Caches, HaveTheNamesOfTheFirstNodesAndOfTheWhole) {
  const Service service{.groups =
                            "<ReplicationGroup><ReplicationGroupId>a1</ReplicationGroupId>"
                            "<NodeGroups><NodeGroup><PrimaryEndpoint><Address>one.aws</Address>"
                            "</PrimaryEndpoint></NodeGroup></NodeGroups><ConfigurationEndpoint>"
                            "<Address>all.aws</Address></ConfigurationEndpoint></ReplicationGroup>",
                        .subnet_groups = two_places,
                        .members = member("a1", "ci-intranet")};
  const Observation observation = service.observed();
  ASSERT_EQ(observation.groups.size(), 1U);
  EXPECT_THAT(observation.groups[0].endpoints, ElementsAre("one.aws", "all.aws"));
  EXPECT_EQ(observation.groups[0].name, "a1");
}

TEST(Removal, WaitsForCachesBeforeTheirSubnetGroups) {
  aws::TestSession test;
  plan::Plan plan;
  const auto gone = add_removal(plan, test.session, "ci",
                                {.groups = {{.id = "a1", .name = "ci-redis", .status = "available"},
                                            {.id = "a2", .name = "ci-going", .status = "deleting"}},
                                 .subnet_groups = {"ci-intranet"}},
                                [](const Group&) { return std::vector<plan::ChangeId>(); });
  ASSERT_EQ(plan.changes().size(), 3U);
  EXPECT_EQ(plan.changes()[0].resource.id, "a1");
  EXPECT_EQ(plan.changes()[1].verb, plan::Verb::wait);
  EXPECT_THAT(plan.changes()[1].after, ElementsAre(plan::ChangeId{0}));
  EXPECT_THAT(plan.changes()[2].after, ElementsAre(plan::ChangeId{1}));
  EXPECT_THAT(gone, ElementsAre(plan::ChangeId{1}));
}

}  // namespace
}  // namespace asiaq::cache
