#include "access/bucket_difference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace asiaq::access {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Role = BucketSpecification::Role;

const BucketSurroundings here{
    .account_id = "123456789012",
    .canonical_id = "owner",
    .regions = {{"b", "us-west-2"}, {"logs", "us-west-2"}, {"far", "eu-west-1"}}};

BucketSpecification bucket_with(std::map<BucketSetting, const char*> settings,
                                Role role = Role::ordinary) {
  BucketSpecification bucket{.name = role == Role::ordinary ? "b" : "logs", .role = role};
  for (const auto& [setting, text] : settings) {
    bucket.settings[setting] = {"file", Json::parse(text)};
  }
  return bucket;
}

BucketState state_with(std::map<BucketSetting, const char*> settings) {
  BucketState state{.region = "us-west-2"};
  for (const auto& [setting, text] : settings) state.settings[setting] = Json::parse(text);
  return state;
}

std::vector<BucketSetting> changed(const BucketDifference& difference) {
  std::vector<BucketSetting> settings;
  for (const auto& [setting, document] : difference.changes) settings.push_back(setting);
  return settings;
}

Json document(const BucketDifference& difference, BucketSetting wanted) {
  for (const auto& [setting, document] : difference.changes) {
    if (setting == wanted) return document.content;
  }
  return {};
}

// The state after everything in `difference` was done.
BucketState after(const BucketDifference& difference, BucketState state) {
  for (const auto& [setting, document] : difference.changes) {
    state.settings[setting] = document.content;
  }
  if (difference.enable_acls) state.acls = BucketState::Acls::enabled;
  if (difference.allow_public_policy) {
    state.public_policies = BucketState::PublicPolicies::allowed;
  }
  return state;
}

constexpr const char* kAcl =
    R"({"Grants": [{"Grantee": {"Type": "CanonicalUser", "ID": "x"}, "Permission": "READ"}]})";
constexpr const char* kLogging =
    R"({"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "S3/b"}})";

TEST(BucketDifference, AppliesSettingsInTheirOrder) {
  const auto bucket =
      bucket_with({{BucketSetting::logging, kLogging},
                   {BucketSetting::lifecycle, R"({"Rules": [{"Status": "Enabled"}]})"},
                   {BucketSetting::versioning, R"({"Status": "Enabled"})"}});
  EXPECT_THAT(
      changed(bucket_difference(bucket, std::nullopt, here)),
      ElementsAre(BucketSetting::lifecycle, BucketSetting::versioning, BucketSetting::logging));
}

TEST(BucketDifference, IsEmptyAfterItWasApplied) {
  const auto bucket = bucket_with(
      {{BucketSetting::logging, kLogging},
       {BucketSetting::acl, kAcl},
       {BucketSetting::policy, R"({"Statement": {"Effect": "Allow", "Principal": "*"}})"},
       {BucketSetting::website, R"({"IndexDocument": {"Suffix": "index.html"}})"},
       {BucketSetting::lifecycle, R"({"Rules": [{"Status": "Enabled"}]})"},
       {BucketSetting::versioning, R"({"Status": "Enabled"})"}});
  const auto first = bucket_difference(bucket, std::nullopt, here);
  ASSERT_EQ(first.changes.size(), 6U);
  EXPECT_TRUE(bucket_difference(bucket, after(first, state_with({})), here).empty());
}

TEST(BucketDifference, IsEmptyForALogTargetAfterItWasApplied) {
  const auto bucket = bucket_with({{BucketSetting::acl, kAcl}}, Role::log_target);
  const auto first = bucket_difference(bucket, std::nullopt, here);
  EXPECT_TRUE(bucket_difference(bucket, after(first, state_with({})), here).empty());
}

TEST(BucketDifference, LeavesAloneWhatIsNotSpecified) {
  EXPECT_TRUE(
      bucket_difference(bucket_with({}),
                        state_with({{BucketSetting::versioning, R"({"Status": "Enabled"})"}}), here)
          .empty());
}

TEST(BucketDifference, LetsS3WriteLogsIntoTheLogTarget) {
  const auto difference = bucket_difference(bucket_with({}, Role::log_target), std::nullopt, here);
  EXPECT_THAT(document(difference, BucketSetting::policy).dump(),
              HasSubstr("logging.s3.amazonaws.com"));
}

TEST(BucketDifference, KeepsThePolicyInForceAtALogTargetWithoutPolicyFile) {
  const auto difference = bucket_difference(
      bucket_with({}, Role::log_target),
      state_with({{BucketSetting::policy, R"({"Statement": [{"Sid": "Mine"}]})"}}), here);
  EXPECT_EQ(document(difference, BucketSetting::policy)["Statement"][0]["Sid"], "Mine");
}

TEST(BucketDifference, TouchesNoListOfANewLogTarget) {
  const auto difference = bucket_difference(bucket_with({}, Role::log_target), std::nullopt, here);
  EXPECT_THAT(changed(difference), ElementsAre(BucketSetting::policy));
  EXPECT_FALSE(difference.enable_acls);
}

TEST(BucketDifference, AddsLogDeliveryToTheListOfALogTargetThatUsesLists) {
  BucketState state = state_with({{BucketSetting::acl, kAcl}});
  state.acls = BucketState::Acls::enabled;
  const Json acl = document(bucket_difference(bucket_with({}, Role::log_target), state, here),
                            BucketSetting::acl);
  ASSERT_EQ(acl["Grants"].size(), 3U);
  EXPECT_EQ(acl["Grants"][0]["Grantee"]["ID"], "x");
}

TEST(BucketDifference, EnablesListsOnlyForABucketThatNeedsThem) {
  EXPECT_TRUE(
      bucket_difference(bucket_with({{BucketSetting::acl, kAcl}}), std::nullopt, here).enable_acls);
  EXPECT_FALSE(
      bucket_difference(bucket_with({{BucketSetting::versioning, "{}"}}), std::nullopt, here)
          .enable_acls);
}

TEST(BucketDifference, FillsInTheOwnerOfAList) {
  const auto difference =
      bucket_difference(bucket_with({{BucketSetting::acl, kAcl}}), std::nullopt, here);
  EXPECT_EQ(document(difference, BucketSetting::acl)["Owner"]["ID"], "owner");
}

TEST(BucketDifference, IgnoresDisplayNamesOfGrantees) {
  BucketState state = state_with(
      {{BucketSetting::acl,
        R"({"Grants": [{"Grantee": {"Type": "CanonicalUser", "ID": "x", "DisplayName": "me"}, "Permission": "READ"}]})"}});
  state.acls = BucketState::Acls::enabled;
  EXPECT_TRUE(bucket_difference(bucket_with({{BucketSetting::acl, kAcl}}), state, here).empty());
}

TEST(BucketDifference, SeesAGrantThatIsNoLongerWanted) {
  BucketState state = state_with(
      {{BucketSetting::acl,
        R"({"Grants": [{"Grantee": {"Type": "CanonicalUser", "ID": "x"}, "Permission": "READ"},
                       {"Grantee": {"Type": "CanonicalUser", "ID": "y"}, "Permission": "READ"}]})"}});
  state.acls = BucketState::Acls::enabled;
  EXPECT_THAT(changed(bucket_difference(bucket_with({{BucketSetting::acl, kAcl}}), state, here)),
              ElementsAre(BucketSetting::acl));
}

TEST(BucketDifference, SaysThatItCannotLogToAnotherRegion) {
  const auto bucket =
      bucket_with({{BucketSetting::logging,
                    R"({"LoggingEnabled": {"TargetBucket": "far", "TargetPrefix": ""}})"}});
  const auto difference = bucket_difference(bucket, state_with({}), here);
  EXPECT_THAT(difference.changes, IsEmpty());
  EXPECT_THAT(difference.notices,
              ElementsAre("cannot log from b (us-west-2) to far (eu-west-1), region mismatch"));
}

TEST(BucketDifference, OpensAPublicWebsiteThatIsBlocked) {
  const auto bucket = bucket_with(
      {{BucketSetting::website, "{}"},
       {BucketSetting::policy, R"({"Statement": [{"Effect": "Allow", "Principal": "*"}]})"}});
  EXPECT_TRUE(bucket_difference(bucket, std::nullopt, here).allow_public_policy);
  EXPECT_FALSE(bucket_difference(bucket, state_with({}), here).allow_public_policy);
}

TEST(BucketDifference, OpensNoBucketWithoutWebsite) {
  const auto bucket = bucket_with(
      {{BucketSetting::policy, R"({"Statement": [{"Effect": "Allow", "Principal": "*"}]})"}});
  EXPECT_FALSE(bucket_difference(bucket, std::nullopt, here).allow_public_policy);
}

}  // namespace
}  // namespace asiaq::access
