// What is read from AWS's shapes and written into them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/autoscaling/types.h"
#include "aws/ec2/types.h"
#include "aws/encoding.h"
#include "hostclass/group_calls.h"
#include "hostclass/host_calls.h"
#include "hostclass/instance_types.h"
#include "hostclass/launch_object.h"

namespace asiaq::hostclass {
namespace {

using ::testing::ElementsAre;

TEST(HostFromAws, OrdersInterfacesByDeviceIndex) {
  aws::ec2::Instance instance{.instance_id = "i-1"};
  instance.network_interfaces = {
      {.attachment = aws::ec2::InstanceNetworkInterfaceAttachment{.device_index = 1},
       .private_ip_address = "10.0.0.5"},
      {.attachment = aws::ec2::InstanceNetworkInterfaceAttachment{.device_index = 0},
       .private_ip_address = "10.0.0.17"}};
  const Host host = host_from(instance);
  EXPECT_THAT(host.private_ips, ElementsAre("10.0.0.17", "10.0.0.5"));
  EXPECT_EQ(host.preferred_private_ip(), "10.0.0.5");
}

TEST(HostFromAws, DoesWithoutInterfaces) {
  const Host host = host_from({.instance_id = "i-1"});
  EXPECT_EQ(host.preferred_private_ip(), std::nullopt);
  EXPECT_EQ(host.public_ip, std::nullopt);
}

TEST(InstanceTypeFacts, CountOnlyDisksThatNeedAMapping) {
  aws::ec2::InstanceTypeInfo info;
  info.instance_storage_info =
      aws::ec2::InstanceStorageInfo{.disks = {{.count = 2}}, .nvme_support = "unsupported"};
  EXPECT_EQ(facts_from(info).instance_store_disks, 2);
  info.instance_storage_info->nvme_support = "required";
  EXPECT_EQ(facts_from(info).instance_store_disks, 0);
}

TEST(InstanceTypeFacts, TellWhetherEbsCanBeOptimized) {
  for (const auto& [support, expected] :
       {std::pair("unsupported", false), std::pair("supported", true),
        std::pair("default", true)}) {
    aws::ec2::InstanceTypeInfo info{.ebs_info =
                                        aws::ec2::EbsInfo{.ebs_optimized_support = support}};
    EXPECT_EQ(facts_from(info).ebs_optimized, expected) << support;
  }
}

TEST(GroupFromAws, ReadsTemplateSubnetsAndMembers) {
  const Group group = group_from(
      {.auto_scaling_group_name = "ci_mhcfoo_1",
       .launch_template =
           aws::autoscaling::LaunchTemplateSpecification{
               .launch_template_id = "lt-1", .launch_template_name = "ci_mhcfoo_7", .version = "1"},
       .min_size = 1,
       .max_size = 3,
       .desired_capacity = 2,
       .instances = {{.instance_id = "i-1", .lifecycle_state = "InService"}},
       .vpc_zone_identifier = "subnet-2,subnet-1",
       .tags = {{.key = "hostclass", .value = "mhcfoo"}}});
  EXPECT_EQ(group.sizes, (GroupSizes{1, 2, 3}));
  EXPECT_EQ(group.launch.template_id, "lt-1");
  EXPECT_THAT(group.subnets, ElementsAre("subnet-1", "subnet-2"));
  EXPECT_FALSE(group.being_deleted);
  EXPECT_TRUE(group.members.at(0).counts());
}

TEST(GroupFromAws, ReadsTheTemplatesOfAMixedInstancesPolicy) {
  aws::autoscaling::AutoScalingGroup group{.status = "Delete in progress"};
  group.mixed_instances_policy = aws::autoscaling::MixedInstancesPolicy{
      .launch_template = aws::autoscaling::LaunchTemplate{
          .launch_template_specification =
              aws::autoscaling::LaunchTemplateSpecification{.launch_template_id = "lt-1"},
          .overrides = {
              {.launch_template_specification =
                   aws::autoscaling::LaunchTemplateSpecification{.launch_template_id = "lt-2"}}}}};
  const Group result = group_from(group);
  EXPECT_EQ(result.launch.template_id, "lt-1");
  EXPECT_THAT(result.other_templates, ElementsAre("lt-2"));
  EXPECT_TRUE(result.being_deleted);
}

TEST(TemplateContent, PutsSecurityGroupsAtTheInterfaceOnly) {
  const auto content = content_of({.public_ip = true, .security_groups = {"sg-1"}});
  EXPECT_TRUE(content.security_group_ids.empty());
  ASSERT_EQ(content.network_interfaces.size(), 1U);
  EXPECT_EQ(content.network_interfaces[0].device_index, 0);
  EXPECT_EQ(content.network_interfaces[0].associate_public_ip_address, true);
  EXPECT_THAT(content.network_interfaces[0].groups, ElementsAre("sg-1"));
}

TEST(TemplateContent, NamesAnInstanceProfileByNameOrArn) {
  EXPECT_EQ(content_of({.instance_profile = "web"}).iam_instance_profile->name, "web");
  const std::string arn = "arn:aws:iam::1:instance-profile/web";
  const auto content = content_of({.instance_profile = arn});
  EXPECT_EQ(content.iam_instance_profile->arn, arn);
  EXPECT_EQ(content.iam_instance_profile->name, std::nullopt);
}

TEST(TemplateContent, LeavesMetadataOptionsToAwsUnlessSet) {
  EXPECT_FALSE(content_of({}).metadata_options.has_value());
  EXPECT_EQ(content_of({.metadata_http_tokens = "required"}).metadata_options->http_tokens,
            "required");
}

TEST(ConfigurationSettings, ReadWhatFormerTimesLeft) {
  aws::autoscaling::LaunchConfiguration configuration{
      .image_id = "ami-1",
      .key_name = "",
      .security_groups = {"sg-2", "sg-1"},
      .user_data = aws::base64_encode("hostclass=\"mhcfoo\""),
      .instance_type = "m3.large",
      .block_device_mappings = {{.virtual_name = "ephemeral0", .device_name = "/dev/sdb"}},
      .associate_public_ip_address = true};
  const LaunchSettings settings = settings_of(configuration);
  EXPECT_EQ(settings.user_data, "hostclass=\"mhcfoo\"");
  EXPECT_EQ(settings.key_pair, std::nullopt);
  EXPECT_THAT(settings.security_groups, ElementsAre("sg-1", "sg-2"));
  EXPECT_EQ(settings.devices.at(0).virtual_name, "ephemeral0");
  EXPECT_TRUE(settings.public_ip);
}

}  // namespace
}  // namespace asiaq::hostclass
