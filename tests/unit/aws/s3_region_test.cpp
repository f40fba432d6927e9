#include "aws/s3_region.h"

#include <gtest/gtest.h>

#include "aws/error.h"
#include "aws/s3/client.h"
#include "support/aws_session.h"

namespace asiaq::aws {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

struct RedirectRow {
  std::string name;
  int status;
  Fields headers;
  std::string code;
  std::map<std::string, std::string> details;
  std::string region;  ///< empty: no redirect
};
class RegionOfRedirect : public testing::TestWithParam<RedirectRow> {};

TEST_P(RegionOfRedirect, IsFoundWhereS3PutsIt) {
  http::Response response;
  response.status = GetParam().status;
  for (const auto& [name, value] : GetParam().headers) response.headers.add(name, value);
  const protocol::ErrorFacts error{.code = GetParam().code, .details = GetParam().details};
  EXPECT_EQ(region_of_redirect(response, error).value_or(""), GetParam().region);
}

INSTANTIATE_TEST_SUITE_P(
    Table, RegionOfRedirect,
    testing::Values(
        RedirectRow{"Header", 301, {{"x-amz-bucket-region", "eu-west-1"}}, "301", {}, "eu-west-1"},
        RedirectRow{
            "HeaderOfHead", 400, {{"x-amz-bucket-region", "eu-west-1"}}, "400", {}, "eu-west-1"},
        RedirectRow{"HeaderWinsOverBody",
                    301,
                    {{"X-Amz-Bucket-Region", "eu-west-1"}},
                    "PermanentRedirect",
                    {{"Region", "us-east-2"}},
                    "eu-west-1"},
        RedirectRow{"WrongScope",
                    400,
                    {},
                    "AuthorizationHeaderMalformed",
                    {{"Region", "eu-central-1"}},
                    "eu-central-1"},
        RedirectRow{"Endpoint",
                    301,
                    {},
                    "PermanentRedirect",
                    {{"Endpoint", "b.s3.eu-west-1.amazonaws.com"}},
                    "eu-west-1"},
        RedirectRow{"OlderEndpoint",
                    301,
                    {},
                    "PermanentRedirect",
                    {{"Endpoint", "b.s3-us-west-2.amazonaws.com"}},
                    "us-west-2"},
        RedirectRow{"BucketNamedAsARegion",
                    301,
                    {},
                    "PermanentRedirect",
                    {{"Endpoint", "us-east-1.s3.eu-west-1.amazonaws.com"}},
                    "eu-west-1"},
        RedirectRow{"EndpointWithoutRegion",
                    301,
                    {},
                    "PermanentRedirect",
                    {{"Endpoint", "us-west-2.x.s3.amazonaws.com"}},
                    ""},
        RedirectRow{"Location",
                    307,
                    {{"Location", "https://b.s3.ap-southeast-2.amazonaws.com/k"}},
                    "TemporaryRedirect",
                    {},
                    "ap-southeast-2"},
        RedirectRow{"OtherError", 403, {{"x-amz-bucket-region", "eu-west-1"}}, "403", {}, ""},
        RedirectRow{"OtherBadRequest",
                    400,
                    {{"x-amz-bucket-region", "eu-west-1"}},
                    "InvalidArgument",
                    {},
                    ""},
        RedirectRow{"Nothing", 301, {}, "301", {}, ""}),
    [](const auto& row) { return row.param.name; });

constexpr const char* kMoved =
    "<Error><Code>PermanentRedirect</Code><Message>m</Message>"
    "<Endpoint>b.s3.eu-west-1.amazonaws.com</Endpoint></Error>";

TEST(Bucket, OfAnotherRegionIsFollowedAndRemembered) {
  TestSession t;
  t.network->then(301, kMoved, {{"x-amz-bucket-region", "eu-west-1"}}).then(200, "");
  const s3::Client s3(t.session);
  s3.put_object({.body = "v", .bucket = "mine", .key = "k"});
  s3.get_object({.bucket = "mine", .key = "k"});
  ASSERT_EQ(t.network->sent.size(), 3U);
  EXPECT_EQ(t.network->sent[0].host, "mine.s3.us-west-2.amazonaws.com");
  EXPECT_EQ(t.network->sent[1].host, "mine.s3.eu-west-1.amazonaws.com");
  EXPECT_EQ(t.network->sent[1].body, "v");
  EXPECT_NE(t.network->sent[1].headers.get("Authorization").find("/eu-west-1/s3/"),
            std::string::npos);
  EXPECT_EQ(t.network->sent[2].host, "mine.s3.eu-west-1.amazonaws.com");
  EXPECT_EQ(t.clock.slept().count(), 0) << "no reason to wait";
}

TEST(Bucket, OfAnotherRegionDoesNotMoveTheOthers) {
  TestSession t;
  t.network->then(301, kMoved).then(200, "");
  const s3::Client s3(t.session);
  s3.get_object({.bucket = "mine", .key = "k"});
  s3.get_object({.bucket = "other", .key = "k"});
  EXPECT_EQ(t.network->sent.at(2).host, "other.s3.us-west-2.amazonaws.com");
}

TEST(Bucket, SentInACircleIsAnError) {
  TestSession t;
  for (int i = 0; i < 3; ++i) {
    t.network->then(301, "", {{"x-amz-bucket-region", "eu-west-1"}})
        .then(301, "", {{"x-amz-bucket-region", "us-west-2"}});
  }
  EXPECT_THROW(s3::Client(t.session).head_bucket({.bucket = "mine"}), ServiceError);
  EXPECT_EQ(t.network->sent.size(), 3U);
}

TEST(Bucket, ThatIsSaidToBeWhereItWasSoughtIsAnError) {
  TestSession t;
  t.network->then(301, "", {{"x-amz-bucket-region", "us-west-2"}});
  EXPECT_THROW(s3::Client(t.session).head_bucket({.bucket = "mine"}), ServiceError);
  EXPECT_EQ(t.network->sent.size(), 1U);
}

TEST(Bucket, OnAnEndpointOfOnesOwnIsSignedForItsRegion) {
  TestSession t(with_keys({{"AWS_ENDPOINT_URL", "http://127.0.0.1:5000"}}));
  t.network
      ->then(400,
             "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>")
      .then(200, "");
  s3::Client(t.session).get_object({.bucket = "mine", .key = "k"});
  EXPECT_EQ(http::url_text(t.network->sent.at(1)), "http://127.0.0.1:5000/mine/k");
  EXPECT_NE(t.network->sent[1].headers.get("Authorization").find("/eu-west-1/s3/"),
            std::string::npos);
}

}  // namespace
}  // namespace asiaq::aws
