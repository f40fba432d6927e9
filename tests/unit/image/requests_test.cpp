// What is asked of AWS to launch a builder and to make an image of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "aws/ec2/client.h"
#include "aws/encoding.h"
#include "base/error.h"
#include "image/builder.h"
#include "image/capture.h"

namespace asiaq::image {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

Preparation prepared() {
  Preparation preparation;
  preparation.settings.name = "mhcfoo";
  preparation.settings.hostclass = "mhcfoo";
  preparation.settings.stage = "untested";
  preparation.settings.environment = "build";
  preparation.settings.instance_type = "t3.small";
  preparation.settings.key_name = "bake";
  preparation.settings.product_line = "astro";
  preparation.source.id = "ami-1";
  preparation.root_device = "/dev/xvda";
  preparation.group_id = "sg-1";
  preparation.subnet_ids = {"subnet-1", "subnet-2"};
  preparation.baker = "alice";
  preparation.version = "main-abc1234";
  preparation.bake_id = "0123456789abcdef0123456789abcdef";
  return preparation;
}

std::map<std::string, std::string> tags_of(const aws::ec2::TagSpecification& specification) {
  std::map<std::string, std::string> tags;
  for (const auto& tag : specification.tags) tags[*tag.key] = *tag.value;
  return tags;
}

// Scenario d.8
TEST(BuilderRequest, LaunchesOneTaggedInstanceInTheSubnet) {
  const auto request = builder_request(prepared(), "subnet-2", "#!/bin/sh\n");
  EXPECT_EQ(request.image_id, "ami-1");
  EXPECT_EQ(request.min_count, 1);
  EXPECT_EQ(request.max_count, 1);
  EXPECT_EQ(request.key_name, "bake");
  EXPECT_EQ(request.instance_initiated_shutdown_behavior, "stop");
  EXPECT_EQ(request.metadata_options->http_tokens, "optional");
  EXPECT_FALSE(request.iam_instance_profile);
  EXPECT_EQ(aws::base64_decode(*request.user_data), "#!/bin/sh\n");
  ASSERT_EQ(request.network_interfaces.size(), 1U);
  EXPECT_EQ(request.network_interfaces[0].subnet_id, "subnet-2");
  EXPECT_THAT(request.network_interfaces[0].groups, ElementsAre("sg-1"));
  EXPECT_EQ(request.network_interfaces[0].associate_public_ip_address, true);
  ASSERT_EQ(request.block_device_mappings.size(), 1U);
  EXPECT_EQ(request.block_device_mappings[0].device_name, "/dev/xvda");
  EXPECT_EQ(request.block_device_mappings[0].ebs->delete_on_termination, true);
  ASSERT_EQ(request.tag_specifications.size(), 1U);
  EXPECT_EQ(request.tag_specifications[0].resource_type, "instance");
  EXPECT_THAT(tags_of(request.tag_specifications[0]),
              UnorderedElementsAre(Pair("Name", "build-bake_mhcfoo"),
                                   Pair("hostclass", "bake_mhcfoo"), Pair("owner", "alice"),
                                   Pair("environment", "build"), Pair("productline", "astro")));
}

TEST(BuilderRequest, HasATokenOfItsOwnForEachSubnet) {
  const auto one = builder_request(prepared(), "subnet-1", "");
  const auto other = builder_request(prepared(), "subnet-2", "");
  EXPECT_EQ(one.client_token, builder_request(prepared(), "subnet-1", "").client_token);
  EXPECT_NE(one.client_token, other.client_token);
  EXPECT_LE(one.client_token->size(), 64U);
}

TEST(BuilderRequest, ObeysOptionalSettings) {
  Preparation preparation = prepared();
  preparation.settings.instance_profile = "baker";
  preparation.settings.volume_type = "gp3";
  preparation.settings.metadata_tokens_required = true;
  const auto request = builder_request(preparation, "subnet-1", "");
  EXPECT_EQ(request.iam_instance_profile->name, "baker");
  EXPECT_EQ(request.block_device_mappings[0].ebs->volume_type, "gp3");
  EXPECT_EQ(request.metadata_options->http_tokens, "required");
}

// Scenario d.8: all tags on the image, none on its snapshots.
TEST(ImageRequest, TagsTheImageAndNotItsSnapshots) {
  const auto request = image_request(prepared(), "i-1", "mhcfoo 1500000000");
  EXPECT_EQ(request.instance_id, "i-1");
  EXPECT_EQ(request.name, "mhcfoo 1500000000");
  EXPECT_EQ(request.no_reboot, true);
  EXPECT_FALSE(request.description);
  ASSERT_EQ(request.tag_specifications.size(), 1U);
  EXPECT_EQ(request.tag_specifications[0].resource_type, "image");
  EXPECT_THAT(tags_of(request.tag_specifications[0]),
              UnorderedElementsAre(Pair("stage", "untested"), Pair("source_ami", "ami-1"),
                                   Pair("baker", "alice"), Pair("version-asiaq", "main-abc1234"),
                                   Pair("productline", "astro"), Pair("hostclass", "mhcfoo"),
                                   Pair("is_private", "False")));
}

TEST(ImageTags, OfTheCommandLineNeverReplaceTheBakesOwn) {
  Preparation preparation = prepared();
  preparation.options.extra_tags = {{"stage", "gold"}, {"ticket", "42"}};
  preparation.options.visibility = BakeOptions::Visibility::private_image;
  const auto tags = image_tags(preparation);
  EXPECT_EQ(tags.at("stage"), "untested");
  EXPECT_EQ(tags.at("ticket"), "42");
  EXPECT_EQ(tags.at("is_private"), "True");
}

TEST(ImageTags, HaveALimit) {
  Preparation preparation = prepared();
  for (int number = 0; number < 44; ++number) {
    preparation.options.extra_tags[std::to_string(number)] = "x";
  }
  EXPECT_THROW(image_tags(preparation), UsageError);
}

TEST(RootDevice, IsTheOldNameOnlyWhereTheImageMapsIt) {
  Image image{.root_device_name = "/dev/xvda"};
  image.device_names = {"/dev/xvda", "/dev/sdb"};
  EXPECT_EQ(root_device_of(image), "/dev/xvda");
  image.device_names = {"/dev/sda"};
  image.root_device_name = "/dev/sda1";
  EXPECT_EQ(root_device_of(image), "/dev/sda");
}

}  // namespace
}  // namespace asiaq::image
