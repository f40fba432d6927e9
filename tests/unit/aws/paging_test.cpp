#include "aws/paging.h"

#include <gtest/gtest.h>

#include "aws/ec2/client.h"
#include "aws/rds/client.h"
#include "aws/route53/client.h"
#include "aws/s3/client.h"
#include "support/aws_session.h"

namespace asiaq::aws {
namespace {

std::string vpcs(const std::string& id, const std::string& token) {
  return "<DescribeVpcsResponse><vpcSet><item><vpcId>" + id + "</vpcId></item></vpcSet>" +
         (token.empty() ? "" : "<nextToken>" + token + "</nextToken>") + "</DescribeVpcsResponse>";
}

TEST(Paging, CollectsTheItemsOfAllPages) {
  TestSession t;
  t.network->then(200, vpcs("a", "t1")).then(200, vpcs("b", "t2")).then(200, vpcs("c", ""));
  const auto all = ec2::Client(t.session).describe_vpcs_all({.vpc_ids = {"a", "b", "c"}});
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[2].vpc_id, "c");
  EXPECT_NE(t.network->sent[1].body.find("NextToken=t1"), std::string::npos);
  EXPECT_NE(t.network->sent[1].body.find("VpcId.3=c"), std::string::npos)
      << "the rest of the request is kept";
}

TEST(Paging, GoesOnAfterAnEmptyPageWithAToken) {
  TestSession t;
  t.network->then(200, "<R><vpcSet/><nextToken>t</nextToken></R>").then(200, vpcs("a", ""));
  EXPECT_EQ(ec2::Client(t.session).describe_vpcs_all().size(), 1U);
}

TEST(Paging, FailsWhenTheServiceTurnsInACircle) {
  TestSession t;
  t.network->then(200, vpcs("a", "t"));
  EXPECT_THROW(ec2::Client(t.session).describe_vpcs_all(), Error);
  EXPECT_EQ(t.network->sent.size(), 2U);
}

TEST(Paging, StopsWhenTheVisitorHasSeenEnough) {
  TestSession t;
  t.network->then(200, vpcs("a", "t1")).then(200, vpcs("b", ""));
  int pages = 0;
  ec2::Client(t.session).describe_vpcs_pages({},
                                             [&](ec2::DescribeVpcsResult&) { return ++pages < 1; });
  EXPECT_EQ(pages, 1);
  EXPECT_EQ(t.network->sent.size(), 1U);
}

TEST(Paging, SetsEveryTokenThatIsThereAndTakesBackTheOthers) {
  TestSession t;
  t.network
      ->then(200,
             "<R><ResourceRecordSets/><IsTruncated>true</IsTruncated><NextRecordName>n1</"
             "NextRecordName>"
             "<NextRecordType>A</NextRecordType><NextRecordIdentifier>i</NextRecordIdentifier></R>")
      .then(200,
            "<R><ResourceRecordSets/><IsTruncated>true</IsTruncated><NextRecordName>n2</"
            "NextRecordName>"
            "<NextRecordType>A</NextRecordType></R>")
      .then(200,
            "<R><ResourceRecordSets/><IsTruncated>false</IsTruncated><NextRecordName>n3</"
            "NextRecordName></R>");
  route53::Client(t.session).list_resource_record_sets_all({.hosted_zone_id = "Z"});
  ASSERT_EQ(t.network->sent.size(), 3U) << "more_results is false: there is no next page";
  EXPECT_EQ(http::query_text(t.network->sent[1].query), "name=n1&type=A&identifier=i");
  EXPECT_EQ(http::query_text(t.network->sent[2].query), "name=n2&type=A");
}

TEST(Paging, TakesTheLastKeyWhereThereIsNoMarker) {
  TestSession t;
  t.network
      ->then(200,
             "<ListBucketResult><IsTruncated>true</IsTruncated><Contents><Key>a</Key></Contents>"
             "<Contents><Key>b</Key></Contents></ListBucketResult>")
      .then(200,
            "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>c</Key></Contents></"
            "ListBucketResult>");
  EXPECT_EQ(s3::Client(t.session).list_objects_all({.bucket = "b"}).size(), 3U);
  EXPECT_EQ(http::query_text(t.network->sent[1].query), "marker=b");
}

TEST(Paging, SendsBothTokensOfVersions) {
  TestSession t;
  t.network
      ->then(200,
             "<ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>k</NextKeyMarker>"
             "<NextVersionIdMarker>v</NextVersionIdMarker><Version><Key>a</Key></Version>"
             "</ListVersionsResult>")
      .then(200,
            "<ListVersionsResult><IsTruncated>false</IsTruncated><Version><Key>k</Key></Version>"
            "</ListVersionsResult>");
  EXPECT_EQ(s3::Client(t.session).list_object_versions_all({.bucket = "b"}).size(), 2U);
  EXPECT_EQ(http::query_text(t.network->sent[1].query),
            "versions&key-marker=k&version-id-marker=v");
}

TEST(Paging, SendsBothTokensOfUploads) {
  TestSession t;
  t.network
      ->then(
          200,
          "<R><IsTruncated>true</IsTruncated><NextKeyMarker>k</NextKeyMarker><NextUploadIdMarker>"
          "u</NextUploadIdMarker><Upload><Key>a</Key></Upload></R>")
      .then(200, "<R><IsTruncated>false</IsTruncated><Upload><Key>k</Key></Upload></R>");
  EXPECT_EQ(s3::Client(t.session).list_multipart_uploads_all({.bucket = "b"}).size(), 2U);
  EXPECT_EQ(http::query_text(t.network->sent[1].query), "uploads&key-marker=k&upload-id-marker=u");
}

TEST(Paging, FindsATokenInsideTheResult) {
  const auto page = [](const std::string& name, const std::string& marker) {
    return "<R><DescribeEngineDefaultParametersResult><EngineDefaults><Parameters><Parameter>"
           "<ParameterName>" +
           name + "</ParameterName></Parameter></Parameters>" + marker +
           "</EngineDefaults></DescribeEngineDefaultParametersResult></R>";
  };
  TestSession t;
  t.network->then(200, page("a", "<Marker>m</Marker>")).then(200, page("b", ""));
  const auto all = rds::Client(t.session).describe_engine_default_parameters_all(
      {.db_parameter_group_family = "mysql8.0"});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[1].parameter_name, "b");
  EXPECT_NE(t.network->sent[1].body.find("Marker=m"), std::string::npos);
}

}  // namespace
}  // namespace asiaq::aws
