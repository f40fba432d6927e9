#include "aws/endpoint/endpoint.h"

#include <gtest/gtest.h>

#include "aws/autoscaling/tables.h"
#include "aws/ec2/tables.h"
#include "aws/endpoint/rules.h"
#include "aws/error.h"
#include "aws/iam/tables.h"
#include "aws/sts/tables.h"

namespace asiaq::aws::endpoint {
namespace {

Endpoint of(const Service& service, const std::string& region,
            const config::Settings& settings = {}) {
  return resolve(service, Operation{}, nullptr, region, settings);
}

TEST(Endpoint, FollowsThePartitionOfTheRegion) {
  EXPECT_EQ(of(ec2::tables::service, "eu-west-1").url.host, "ec2.eu-west-1.amazonaws.com");
  EXPECT_EQ(of(ec2::tables::service, "cn-north-1").url.host, "ec2.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(of(sts::tables::service, "eu-west-1").url.host, "sts.eu-west-1.amazonaws.com");
  EXPECT_EQ(of(ec2::tables::service, "eu-new-9").url.host, "ec2.eu-new-9.amazonaws.com")
      << "by its pattern";
}

TEST(Endpoint, OfAGlobalServiceIsSignedForItsHome) {
  const Endpoint iam = of(iam::tables::service, "eu-west-1");
  EXPECT_EQ(iam.url.host, "iam.amazonaws.com");
  EXPECT_EQ(iam.signing_region, "us-east-1");
}

TEST(Endpoint, CanBeSetForAllServicesAndForOne) {
  config::Settings settings;
  settings.endpoints = {{"", "http://127.0.0.1:1"}, {"AUTO_SCALING", "http://127.0.0.1:2/x"}};
  EXPECT_EQ(of(ec2::tables::service, "eu-west-1", settings).url.host, "127.0.0.1:1");
  const Endpoint autoscaling = of(autoscaling::tables::service, "eu-west-1", settings);
  EXPECT_EQ(autoscaling.url.host, "127.0.0.1:2");
  EXPECT_EQ(autoscaling.url.path, "/x");
  EXPECT_EQ(autoscaling.signing_region, "eu-west-1");
}

TEST(Endpoint, WithFipsAndDualStack) {
  config::Settings settings;
  settings.use_fips = true;
  EXPECT_EQ(of(ec2::tables::service, "us-east-1", settings).url.host,
            "ec2-fips.us-east-1.amazonaws.com");
  settings.use_dual_stack = true;
  EXPECT_EQ(of(ec2::tables::service, "us-east-1", settings).url.host, "ec2-fips.us-east-1.api.aws");
}

TEST(Endpoint, SaysWhyThereIsNone) {
  config::Settings settings;
  settings.use_fips = true;
  settings.endpoints = {{"", "http://127.0.0.1:1"}};
  EXPECT_THROW(of(ec2::tables::service, "us-east-1", settings), RequestError);
}

TEST(Partition, OfAnUnknownRegionIsTheFirst) {
  EXPECT_EQ(partition_of("mars-1").name, "aws");
  EXPECT_EQ(partition_of("us-gov-west-1").name, "aws-us-gov");
}

}  // namespace
}  // namespace asiaq::aws::endpoint
