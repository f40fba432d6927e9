#include "hostclass/launch_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace asiaq::hostclass {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

LaunchSettings settings() {
  return {.image = "ami-1",
          .instance_type = "m5.large",
          .key_pair = "bake",
          .security_groups = {"sg-1"},
          .user_data = "hostclass=\"mhcfoo\"\neip=\"\"",
          .devices = {{.name = "/dev/sda"}}};
}

TEST(LaunchSettingsDifferences, AreNoneForEqualContent) {
  EXPECT_THAT(differences(settings(), settings()), IsEmpty());
}

TEST(LaunchSettingsDifferences, NameEachSettingWithBothValues) {
  LaunchSettings wanted = settings();
  wanted.image = "ami-2";
  wanted.key_pair.reset();
  wanted.public_ip = true;
  EXPECT_THAT(
      differences(settings(), wanted),
      ElementsAre("image: ami-1 -> ami-2", "key pair: bake -> none", "public IP: no -> yes"));
}

TEST(LaunchSettingsDifferences, NameOnlyTheKeysOfUserDataThatDiffer) {
  LaunchSettings wanted = settings();
  wanted.user_data = "hostclass=\"mhcfoo\"\neip=\"1.2.3.4\"\nis_testing=\"1\"";
  EXPECT_THAT(differences(settings(), wanted), ElementsAre("user data: eip, is_testing"));
}

TEST(LaunchSettingsDifferences, ShowDisksWithTheirKinds) {
  LaunchSettings wanted = settings();
  wanted.devices.push_back({.name = "/dev/sdb", .size = 50, .volume_type = "gp3"});
  EXPECT_THAT(differences(settings(), wanted),
              ElementsAre("disks: /dev/sda -> /dev/sda, /dev/sdb 50 GB gp3"));
}

TEST(LaunchSettingsDifferences, CoverMetadataOptions) {
  LaunchSettings wanted = settings();
  wanted.metadata_http_tokens = "required";
  wanted.metadata_hop_limit = 2;
  EXPECT_THAT(differences(settings(), wanted),
              ElementsAre("metadata tokens: as AWS decides -> required",
                          "metadata hop limit: as AWS decides -> 2"));
}

}  // namespace
}  // namespace asiaq::hostclass
