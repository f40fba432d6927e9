#include "access/bucket_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace asiaq::access {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const BucketVariables dev{.region = "us-west-2", .account = "dev", .project = "acme"};

BucketFolder folder_with(std::map<std::string, std::string> files) {
  files.emplace("REGION.PROJECT.s3audit.dev.lifecycle", "");
  return {.path = "iam/s3/dev", .files = std::move(files)};
}

BucketSpecification bucket_in(const BucketFolder& folder, const std::string& name,
                              const BucketVariables& variables = dev) {
  for (const BucketSpecification& bucket : bucket_specifications(folder, variables)) {
    if (bucket.name == name) return bucket;
  }
  ADD_FAILURE() << "no bucket " << name;
  return {};
}

std::string error_of(const BucketFolder& folder, const BucketVariables& variables = dev) {
  try {
    bucket_specifications(folder, variables);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

std::vector<std::string> names_of(const BucketFolder& folder) {
  std::vector<std::string> names;
  for (const auto& bucket : bucket_specifications(folder, dev)) names.push_back(bucket.name);
  return names;
}

TEST(BucketSpecifications, ExpandsTheFirstRegionAndProjectOfTheFileName) {
  EXPECT_THAT(names_of(folder_with({{"REGION.PROJECT.PROJECT.lifecycle", ""}})),
              ::testing::Contains("us-west-2.acme.PROJECT"));
}

TEST(BucketSpecifications, PutsTheLogTargetFirst) {
  EXPECT_EQ(names_of(folder_with({{"REGION.PROJECT.a.lifecycle", ""}})),
            (std::vector<std::string>{"us-west-2.acme.s3audit.dev", "us-west-2.acme.a"}));
}

TEST(BucketSpecifications, ManagesOnlyBucketsWithALifecycleFile) {
  EXPECT_THAT(names_of(folder_with({{"REGION.PROJECT.b.iam", "{}"}})),
              ::testing::ElementsAre("us-west-2.acme.s3audit.dev"));
}

TEST(BucketSpecifications, UsesTheDefaultForABucketWithoutItsOwnFile) {
  const auto folder =
      folder_with({{"b.lifecycle", ""}, {"default.versioning", R"({"Status": "Enabled"})"}});
  EXPECT_EQ(bucket_in(folder, "b").settings.at(BucketSetting::versioning).content["Status"],
            "Enabled");
}

TEST(BucketSpecifications, LetsAnOwnFileBeatTheDefault) {
  const auto folder = folder_with({{"b.lifecycle", ""},
                                   {"b.versioning", R"({"Status": "Suspended"})"},
                                   {"default.versioning", R"({"Status": "Enabled"})"}});
  EXPECT_EQ(bucket_in(folder, "b").settings.at(BucketSetting::versioning).content["Status"],
            "Suspended");
}

TEST(BucketSpecifications, LetsAnEmptyOwnFileSwitchTheDefaultOff) {
  const auto folder =
      folder_with({{"b.lifecycle", ""}, {"b.versioning", " \n"}, {"default.versioning", "{}"}});
  EXPECT_FALSE(bucket_in(folder, "b").settings.contains(BucketSetting::versioning));
}

TEST(BucketSpecifications, SkipsAnEmptyLifecycle) {
  EXPECT_FALSE(bucket_in(folder_with({{"b.lifecycle", ""}}), "b")
                   .settings.contains(BucketSetting::lifecycle));
}

TEST(BucketSpecifications, SubstitutesEveryOccurrenceInOtherFiles) {
  const auto folder = folder_with(
      {{"b.lifecycle", ""},
       {"default.logging",
        R"({"t": "$REGION.$PROJECT.s3audit.$ACCOUNT", "p": "$BUCKET_NAME/$BUCKET_NAME", "x": "$ACCOUNT_ID"})"}});
  EXPECT_EQ(bucket_in(folder, "b").settings.at(BucketSetting::logging).content,
            Json::parse(R"({"t": "us-west-2.acme.s3audit.dev", "p": "b/b", "x": "dev_ID"})"));
}

TEST(BucketSpecifications, LeavesTheLifecycleVerbatim) {
  const auto folder =
      folder_with({{"b.lifecycle", R"({"Rules": [{"ID": "$REGION", "Prefix": ""}]})"}});
  EXPECT_EQ(bucket_in(folder, "b").settings.at(BucketSetting::lifecycle).content["Rules"][0]["ID"],
            "$REGION");
}

TEST(BucketSpecifications, TellsApartTheThreeCanonicalIds) {
  BucketVariables variables = dev;
  variables.canonical_id = "1";
  variables.dev_canonical_id = "2";
  variables.prod_canonical_id = "3";
  const auto folder =
      folder_with({{"b.lifecycle", ""},
                   {"b.acp", R"(["$CANONICAL_ID", "$DEV_CANONICAL_ID", "$PROD_CANONICAL_ID"])"}});
  EXPECT_EQ(bucket_in(folder, "b", variables).settings.at(BucketSetting::acl).content,
            Json::parse(R"(["1", "2", "3"])"));
}

TEST(BucketSpecifications, NamesFileAndOptionOfAVariableWithoutValue) {
  EXPECT_THAT(
      error_of(folder_with({{"b.lifecycle", ""}, {"b.acp", "[\"$DEV_CANONICAL_ID\"]"}})),
      AllOf(HasSubstr("iam/s3/dev/b.acp"), HasSubstr("dev_canonical_id"), HasSubstr("[audit]")));
}

TEST(BucketSpecifications, NeedsNoIdThatNobodyUses) {
  EXPECT_EQ(error_of(folder_with({{"b.lifecycle", ""}})), "no error");
}

TEST(BucketSpecifications, NamesFileLineAndColumnOfBadJson) {
  EXPECT_THAT(error_of(folder_with({{"b.lifecycle", ""}, {"b.iam", "{\n \"a\": ,\n}"}})),
              HasSubstr("iam/s3/dev/b.iam:2:7: "));
}

TEST(BucketSpecifications, RefusesTwoLogTargets) {
  EXPECT_THAT(error_of(folder_with({{"x.s3audit.y.lifecycle", ""}})), HasSubstr("there are 2"));
}

TEST(BucketSpecifications, RefusesAFolderWithoutLogTarget) {
  EXPECT_THAT(error_of({.path = "iam/s3/dev", .files = {{"b.lifecycle", ""}}}),
              HasSubstr("there are 0"));
}

TEST(BucketSpecifications, RefusesTwoFilesForOneBucket) {
  EXPECT_THAT(error_of(folder_with({{"REGION.b.lifecycle", ""}, {"us-west-2.b.lifecycle", ""}})),
              HasSubstr("us-west-2.b"));
}

TEST(BucketSpecifications, RefusesADefaultLifecycle) {
  EXPECT_THAT(error_of(folder_with({{"default.lifecycle", ""}})), HasSubstr("default.lifecycle"));
}

TEST(FilesWithoutBucket, NamesThoseWithoutLifecycle) {
  EXPECT_THAT(files_without_bucket(folder_with(
                  {{"a.iam", ""}, {"b.lifecycle", ""}, {"b.iam", ""}, {"default.web", ""}})),
              ::testing::ElementsAre("iam/s3/dev/a.iam"));
}

TEST(ReadBucketFolder, SaysWhichFolderIsMissing) {
  try {
    read_bucket_folder("/nonexistent/iam/s3/qa");
    FAIL() << "no error";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.reason(), HasSubstr("/nonexistent/iam/s3/qa"));
  }
}

}  // namespace
}  // namespace asiaq::access
