#include "config/credential_buckets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace asiaq::config {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const CredentialBucketScope oregon{.region = "us-west-2", .project = "acme"};
const CredentialBucketScope ireland{.region = "eu-west-1", .project = "acme"};

TEST(CredentialBucketName, JoinsRegionProjectAndWordWithDots) {
  EXPECT_EQ(credential_bucket_name(oregon, "ci"), "us-west-2.acme.credentials.ci");
}

TEST(CredentialBucketName, JoinsWithTwoDashesInTheDashedStyle) {
  EXPECT_EQ(credential_bucket_name(ireland, "ci", BucketNameStyle::dashed),
            "eu-west-1--acme--credentials--ci");
}

TEST(CredentialBucketNames, KeepsTheOrderOfTheWords) {
  EXPECT_THAT(credential_bucket_names(oregon, " ci  base\tshared "),
              ElementsAre("us-west-2.acme.credentials.ci", "us-west-2.acme.credentials.base",
                          "us-west-2.acme.credentials.shared"));
}

TEST(CredentialBucketNames, IsEmptyForABlankOption) {
  EXPECT_THAT(credential_bucket_names(oregon, "  "), IsEmpty());
}

TEST(CredentialBucketCandidates, HasOnlyTheDottedNameInUsWest2) {
  EXPECT_THAT(credential_bucket_candidates(oregon, "ci"),
              ElementsAre("us-west-2.acme.credentials.ci"));
}

TEST(CredentialBucketCandidates, AddsTheDashedNameElsewhere) {
  EXPECT_THAT(credential_bucket_candidates(ireland, "ci"),
              ElementsAre("eu-west-1.acme.credentials.ci", "eu-west-1--acme--credentials--ci"));
}

TEST(IsInjectableKey, AcceptsWhatAPlaceholderCanName) {
  EXPECT_TRUE(is_injectable_key("app_auth/my-service/user.name_1"));
}

TEST(IsInjectableKey, RefusesBlanksBracesAndTheEmptyKey) {
  EXPECT_FALSE(is_injectable_key("a b"));
  EXPECT_FALSE(is_injectable_key("a}b"));
  EXPECT_FALSE(is_injectable_key("caf\xc3\xa9"));
  EXPECT_FALSE(is_injectable_key(""));
}

}  // namespace
}  // namespace asiaq::config
