#include "image/name.h"

#include <gtest/gtest.h>

#include "image/image.h"

namespace asiaq::image {
namespace {

TEST(ImageName, IsHostclassAndSeconds) {
  EXPECT_EQ(image_name("mhcfoo", 1457067967), "mhcfoo 1457067967");
}

TEST(IsHostclassImageName, IsAnchoredAtTheStartOnly) {
  for (const char* name : {"mhcfoo 1457067967", "mhcfoo 12 1457067967", "mhc_foo2 1234567890abc",
                           "mhcfoo 1457067967 copy"}) {
    EXPECT_TRUE(is_hostclass_image_name(name)) << name;
  }
  for (const char* name : {"not ours", "mhcfoo", "mhcfoo 123456789", " mhcfoo 1457067967",
                           "mhc-foo 1457067967", "mhcfoo  1457067967", ""}) {
    EXPECT_FALSE(is_hostclass_image_name(name)) << name;
  }
}

TEST(HostclassOf, IsTheFirstWord) {
  EXPECT_EQ(hostclass_of("mhcfoo 1457067967"), "mhcfoo");
  EXPECT_EQ(hostclass_of("debian-12-amd64"), "debian-12-amd64");
  EXPECT_EQ(hostclass_of(""), "");
}

TEST(TimestampOf, IsTheLastWordIfANumber) {
  EXPECT_EQ(timestamp_of("mhcfoo 1457067967"), 1457067967);
  EXPECT_EQ(timestamp_of("mhcfoo 12 1457067967"), 1457067967);
  EXPECT_EQ(timestamp_of("mhcfoo 1234567890abc"), 0);
  EXPECT_EQ(timestamp_of("mhcfoo -5"), 0);
  EXPECT_EQ(timestamp_of(""), 0);
}

TEST(CreationTime, PrefersTheNameToWhatAwsSays) {
  Image image{.name = "mhcfoo 1457067967", .aws_creation_time = from_unix_seconds(1)};
  EXPECT_EQ(creation_time(image), from_unix_seconds(1457067967));
  image.name = "debian-12";
  EXPECT_EQ(creation_time(image), from_unix_seconds(1));
  image.aws_creation_time.reset();
  EXPECT_FALSE(creation_time(image));
}

}  // namespace
}  // namespace asiaq::image
