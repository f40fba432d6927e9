#include "aws/endpoint/endpoint.h"

#include <gtest/gtest.h>

#include "aws/autoscaling/tables.h"
#include "aws/ec2/tables.h"
#include "aws/endpoint/rules.h"
#include "aws/error.h"
#include "aws/iam/tables.h"
#include "aws/s3/tables.h"
#include "aws/s3/types.h"
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

struct BucketRow {
  std::string name, bucket, region;
  bool fips, dual_stack;
  std::string custom;  ///< an endpoint of one's own; empty: AWS's
  std::string host, path;
};
class EndpointOfBucket : public testing::TestWithParam<BucketRow> {};

TEST_P(EndpointOfBucket, IsAHostOrAPath) {
  config::Settings settings;
  settings.use_fips = GetParam().fips;
  settings.use_dual_stack = GetParam().dual_stack;
  if (!GetParam().custom.empty()) settings.endpoints = {{"S3", GetParam().custom}};
  const s3::HeadBucketRequest input{.bucket = GetParam().bucket};
  const Endpoint endpoint = resolve(s3::tables::service, s3::tables::HeadBucket_operation, &input,
                                    GetParam().region, settings);
  EXPECT_EQ(endpoint.url.host, GetParam().host);
  EXPECT_EQ(endpoint.url.path, GetParam().path);
  EXPECT_EQ(endpoint.signing_name, "s3");
  EXPECT_EQ(endpoint.signing_region, GetParam().region);
}

INSTANTIATE_TEST_SUITE_P(
    Table, EndpointOfBucket,
    testing::Values(BucketRow{"Plain", "b-1", "us-west-2", false, false, "",
                              "b-1.s3.us-west-2.amazonaws.com", ""},
                    BucketRow{"Dotted", "b.c", "us-west-2", false, false, "",
                              "s3.us-west-2.amazonaws.com", "/b.c"},
                    BucketRow{"DottedDualStack", "b.c", "eu-west-1", false, true, "",
                              "s3.dualstack.eu-west-1.amazonaws.com", "/b.c"},
                    BucketRow{"DualStack", "b-1", "eu-west-1", false, true, "",
                              "b-1.s3.dualstack.eu-west-1.amazonaws.com", ""},
                    BucketRow{"Fips", "b-1", "us-east-1", true, false, "",
                              "b-1.s3-fips.us-east-1.amazonaws.com", ""},
                    BucketRow{"FipsDualStack", "b-1", "us-east-1", true, true, "",
                              "b-1.s3-fips.dualstack.us-east-1.amazonaws.com", ""},
                    BucketRow{"DottedFips", "b.c", "us-east-1", true, false, "",
                              "s3-fips.us-east-1.amazonaws.com", "/b.c"},
                    BucketRow{"UpperCase", "Old_Bucket", "us-east-1", false, false, "",
                              "s3.us-east-1.amazonaws.com", "/Old_Bucket"},
                    BucketRow{"China", "b-1", "cn-north-1", false, false, "",
                              "b-1.s3.cn-north-1.amazonaws.com.cn", ""},
                    BucketRow{"Own", "b-1", "us-west-2", false, false, "http://127.0.0.1:9/base",
                              "127.0.0.1:9", "/base/b-1"}),
    [](const auto& row) { return row.param.name; });

TEST(BucketOf, ARequestIsTheOneThatItsPathNames) {
  const s3::HeadBucketRequest input{.bucket = "b"};
  EXPECT_EQ(bucket_of(s3::tables::HeadBucket_operation, &input), "b");
  const s3::ListBucketsRequest none;
  EXPECT_EQ(bucket_of(s3::tables::ListBuckets_operation, &none), "");
}

TEST(Endpoint, SaysWhyThereIsNone) {
  config::Settings settings;
  settings.use_fips = true;
  settings.endpoints = {{"", "http://127.0.0.1:1"}};
  EXPECT_THROW(of(ec2::tables::service, "us-east-1", settings), RequestError);
}

TEST(Partition, OfANewRegionFollowsItsPattern) {
  EXPECT_EQ(partition_of("us-gov-north-7").name, "aws-us-gov");
  EXPECT_EQ(partition_of("cn-west-12").name, "aws-cn");
}

TEST(Partition, OfAnEndlessRegionIsTheFirst) {
  EXPECT_EQ(partition_of("cn-" + std::string(1'000'000, 'a') + "-1").name, "aws");
}

TEST(Partition, OfAnUnknownRegionIsTheFirst) {
  EXPECT_EQ(partition_of("mars-1").name, "aws");
  EXPECT_EQ(partition_of("us-gov-west-1").name, "aws-us-gov");
}

}  // namespace
}  // namespace asiaq::aws::endpoint
