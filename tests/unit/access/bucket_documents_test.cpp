#include "access/bucket_documents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace asiaq::access {
namespace {

using ::testing::HasSubstr;

Json canonical(BucketSetting setting, const char* text) {
  return canonical_document(setting, {"b.file", Json::parse(text)}).content;
}

std::string error_of(BucketSetting setting, const char* text) {
  try {
    canonical(setting, text);
  } catch (const ConfigError& error) {
    return error.reason();
  }
  return "no error";
}

TEST(CanonicalDocument, KeepsEverySettingThatS3Knows) {
  const std::vector<std::pair<BucketSetting, const char*>> documents{
      {BucketSetting::lifecycle,
       R"({"Rules": [{"ID": "a", "Status": "Enabled", "Filter": {"Prefix": ""},
           "Expiration": {"Days": 30}, "Transitions": [{"Days": 3, "StorageClass": "GLACIER"}],
           "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
           "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 2}}]})"},
      {BucketSetting::acl,
       R"({"Owner": {"ID": "o"}, "Grants": [
           {"Grantee": {"Type": "CanonicalUser", "ID": "x"}, "Permission": "READ"}]})"},
      {BucketSetting::versioning, R"({"Status": "Enabled"})"},
      {BucketSetting::website,
       R"({"IndexDocument": {"Suffix": "i.html"}, "ErrorDocument": {"Key": "e.html"}})"},
      {BucketSetting::logging,
       R"({"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "S3/"}})"},
      {BucketSetting::policy, R"({"Statement": []})"}};
  for (const auto& [setting, text] : documents) {
    EXPECT_EQ(canonical(setting, text), Json::parse(text)) << to_string(setting);
  }
}

TEST(CanonicalDocument, WritesTimesInOneSpelling) {
  const Json document = canonical(BucketSetting::lifecycle,
                                  R"({"Rules": [{"Expiration": {"Date": "2030-01-31"}},
                    {"Expiration": {"Date": "2030-01-31T00:00:00.000Z"}}]})");
  EXPECT_EQ(document["Rules"][0]["Expiration"]["Date"], "2030-01-31T00:00:00Z");
  EXPECT_EQ(document["Rules"][1]["Expiration"]["Date"], "2030-01-31T00:00:00Z");
}

TEST(CanonicalDocument, NamesFileAndPathOfAnUnknownMember) {
  EXPECT_THAT(error_of(BucketSetting::lifecycle, R"({"Rules": [{"Expiration": {"Dayz": 1}}]})"),
              HasSubstr("b.file: Rules[0].Expiration.Dayz"));
}

TEST(CanonicalDocument, NamesFileAndPathOfAValueOfAnotherKind) {
  EXPECT_THAT(error_of(BucketSetting::lifecycle, R"({"Rules": [{"Expiration": {"Days": "1"}}]})"),
              HasSubstr("b.file: Rules[0].Expiration.Days must be a whole number"));
  EXPECT_THAT(error_of(BucketSetting::acl, R"({"Grants": {}})"),
              HasSubstr("Grants must be a list"));
  EXPECT_THAT(error_of(BucketSetting::versioning, "[]"), HasSubstr("an object is expected"));
}

TEST(CanonicalDocument, RefusesAnImpossibleNumberOfDays) {
  EXPECT_THAT(
      error_of(BucketSetting::lifecycle, R"({"Rules": [{"Expiration": {"Days": 99999999999}}]})"),
      HasSubstr("Days must be a smaller number"));
}

TEST(CanonicalDocument, RefusesAPolicyWithoutStatement) {
  EXPECT_THAT(error_of(BucketSetting::policy, "{}"), HasSubstr("b.file: a policy is written"));
}

}  // namespace
}  // namespace asiaq::access
