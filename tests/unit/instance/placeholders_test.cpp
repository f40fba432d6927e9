#include "instance/placeholders.h"

#include <gmock/gmock.h>

namespace asiaq::instance {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Placeholders, AreFoundAnywhereInAText) {
  EXPECT_THAT(placeholder_keys("a {s3cred://x/y-1_2.z} b {s3cred://k}{s3cred://k}\n{s3cred://l}"),
              ElementsAre("k", "l", "x/y-1_2.z"));
}

TEST(Placeholders, AreNotWhatOnlyLooksAlike) {
  for (const char* text : {"{s3cred://}", "{s3cred://a b}", "{s3cred://a", "s3cred://a}",
                           "{s3cred:/a}", "{s3cred://a$b}"}) {
    EXPECT_THAT(placeholder_keys(text), IsEmpty()) << text;
  }
  EXPECT_THAT(placeholder_keys("{s3cred://{s3cred://a}"), ElementsAre("a"));
}

TEST(Placeholders, ArePutInByteByByte) {
  const std::string value = "&\\1 ~ {s3cred://k} $x\ninner\n";
  EXPECT_EQ(with_values("<{s3cred://k}|{s3cred://k}>", {{"k", value}}),
            "<" + value + "|" + value + ">");
  EXPECT_EQ(with_values("a{s3cred://missing}b", {{"k", "v"}}), "a{s3cred://missing}b");
}

TEST(Placeholders, DropOnlyTheLineBreaksAtTheEndOfAnObject) {
  EXPECT_EQ(placeholder_value("-----BEGIN\nabc\n-----END\n\n"), "-----BEGIN\nabc\n-----END");
  EXPECT_EQ(placeholder_value(" x \r\n"), " x ");
  EXPECT_EQ(placeholder_value("\n"), "");
}

}  // namespace
}  // namespace asiaq::instance
