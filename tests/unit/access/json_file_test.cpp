#include "access/json_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace asiaq::access {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string error_of(std::string_view text) {
  try {
    parse_json(text, "iam/s3/dev/b.iam");
  } catch (const ConfigError& error) {
    return error.reason();
  }
  return "no error";
}

TEST(ParseJson, GivesTheValue) { EXPECT_EQ(parse_json(R"({"a": [1]})", "f")["a"][0], 1); }

TEST(ParseJson, NamesFileLineAndColumnOfATrailingComma) {
  EXPECT_THAT(error_of("{\n  \"a\": 1,\n}"), StartsWith("iam/s3/dev/b.iam:3:1: "));
}

TEST(ParseJson, NamesTheEndOfATruncatedText) {
  EXPECT_THAT(error_of("{\"a\": [1"), StartsWith("iam/s3/dev/b.iam:1:9: "));
}

TEST(ParseJson, SaysWhatWasFound) { EXPECT_THAT(error_of("nonsense"), HasSubstr("invalid")); }

TEST(ParseJson, DoesNotShowTheNameOfTheLibrarysException) {
  EXPECT_THAT(error_of("{,}"), ::testing::Not(HasSubstr("json.exception")));
}

}  // namespace
}  // namespace asiaq::access
