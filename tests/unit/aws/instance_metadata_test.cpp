#include "aws/instance_metadata.h"

#include <gtest/gtest.h>

#include "support/aws_session.h"
#include "support/fake_identity_services.h"
#include "support/thrown.h"

namespace asiaq::aws {
namespace {

class InstanceMetadataCalls : public testing::Test {
 protected:
  InstanceMetadata at(InstanceMetadata::Options options = {}) {
    return {network, std::move(options), clock};
  }
  std::shared_ptr<FakeTransport> network = std::make_shared<FakeTransport>();
  FakeClock clock;
};

TEST_F(InstanceMetadataCalls, ShareOneTokenAndSayNothingForAPathThatDoesNotExist) {
  network->then(test::answer_about_identity);
  InstanceMetadata metadata = at();
  EXPECT_FALSE(metadata.get("user-data"));
  EXPECT_EQ(metadata.get("meta-data/placement/region"), "eu-north-1");
  EXPECT_EQ(network->sent.size(), 3U);
}

TEST_F(InstanceMetadataCalls, GetANewTokenShortlyBeforeTheOldOneIsOver) {
  network->then(test::answer_about_identity);
  InstanceMetadata metadata = at();
  metadata.region();
  clock.sleep_for(std::chrono::hours(6) - std::chrono::minutes(5));
  metadata.region();
  EXPECT_EQ(network->sent.size(), 4U);
}

TEST_F(InstanceMetadataCalls, GetANewTokenOnceWhenTheOldOneIsRefused) {
  network->then(200, "a").then(401, "").then(200, "b").then(200, "here");
  EXPECT_EQ(at().get("x"), "here");
  EXPECT_EQ(network->sent.at(3).headers.get("X-aws-ec2-metadata-token"), "b");
  network->then(401, "");
  EXPECT_THROW(at().get("x"), ConnectionError);
}

TEST_F(InstanceMetadataCalls, AreRepeatedAsOftenAsToldForTroubleOfTheService) {
  network->then(200, "token")
      .then(500, "")
      .then_fail(ConnectionError::Sent::perhaps)
      .then(200, "y");
  EXPECT_EQ(at({.attempts = 3}).get("x"), "y");
}

TEST_F(InstanceMetadataCalls, GoWithoutTokenOnlyToServicesThatAnswer) {
  network->then_fail(ConnectionError::Sent::no);
  EXPECT_THROW(at().get("x"), ConnectionError);
  EXPECT_EQ(network->sent.size(), 1U);
}

TEST_F(InstanceMetadataCalls, WithoutTokenAskForNoneAgain) {
  network->then(404, "").then(200, "1").then(200, "2");
  InstanceMetadata metadata = at();
  metadata.get("x");
  EXPECT_EQ(metadata.get("y"), "2");
  EXPECT_EQ(network->sent.size(), 3U);
}

TEST_F(InstanceMetadataCalls, GoPastAnyProxy) {
  network->then(test::answer_about_identity);
  at().region();
  for (const http::Request& sent : network->sent) EXPECT_EQ(sent.route, http::Route::direct);
}

}  // namespace
}  // namespace asiaq::aws
