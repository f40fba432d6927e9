#include "image/builder.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "aws/ec2/client.h"
#include "aws/encoding.h"
#include "aws/error.h"
#include "base/error.h"
#include "base/interrupt.h"
#include "base/log.h"

namespace asiaq::image {

namespace {

constexpr Seconds running_limit{900};
constexpr Seconds stopped_limit{300};

bool is_zone_without_capacity(const aws::ServiceError& error) {
  return error.has_code("InsufficientInstanceCapacity") ||
         error.has_code("InsufficientFreeAddressesInSubnet") ||
         error.has_code("UnsupportedHostConfiguration");
}

/// What to do about refusals that the configuration explains.
std::string hint_for(const aws::ServiceError& error) {
  if (error.has_code("Unsupported") || error.has_code("InstanceTypeNotSupported") ||
      error.has_code("InvalidParameterValue")) {
    return "look at bakery_instance_type in section bake of disco_aws.ini: does that type exist in "
           "this region, for this image's architecture?";
  }
  if (error.has_code("InvalidKeyPair.NotFound")) {
    return "look at bake_key in section bake of disco_aws.ini; `disco_keys_rotate.sh` makes the "
           "key "
           "pair";
  }
  return {};
}

aws::ec2::TagSpecification tags_of(const Preparation& preparation) {
  const BakeSettings& settings = preparation.settings;
  const std::string hostclass = preparation.builder_hostclass();
  aws::ec2::TagSpecification tags;
  tags.resource_type = "instance";
  const auto add = [&tags](const char* key, const std::string& value) {
    tags.tags.push_back({.key = key, .value = value});
  };
  add("Name", settings.environment + "-" + hostclass);
  add("hostclass", hostclass);
  add("owner", preparation.baker);
  add("environment", settings.environment);
  add("productline", settings.product_line.value_or("unknown"));
  return tags;
}

}  // namespace

aws::ec2::RunInstancesRequest builder_request(const Preparation& preparation,
                                              const std::string& subnet_id,
                                              const std::string& user_data) {
  const BakeSettings& settings = preparation.settings;
  aws::ec2::RunInstancesRequest request;
  request.image_id = preparation.source.id;
  request.instance_type = settings.instance_type;
  request.key_name = settings.key_name;
  request.min_count = 1;
  request.max_count = 1;
  // Another subnet is another request, which the same token would refuse.
  request.client_token = (preparation.bake_id + subnet_id).substr(0, 64);
  request.user_data = aws::base64_encode(user_data);
  request.instance_initiated_shutdown_behavior = "stop";
  request.tag_specifications = {tags_of(preparation)};
  request.metadata_options.emplace().http_tokens =
      settings.metadata_tokens_required ? "required" : "optional";
  if (settings.instance_profile) {
    request.iam_instance_profile.emplace().name = settings.instance_profile;
  }
  aws::ec2::InstanceNetworkInterfaceSpecification interface;
  interface.device_index = 0;
  interface.subnet_id = subnet_id;
  interface.groups = {preparation.group_id};
  // Packages come from the internet, also when the bake itself uses the private address.
  interface.associate_public_ip_address = true;
  interface.delete_on_termination = true;
  request.network_interfaces = {interface};
  aws::ec2::BlockDeviceMapping device;
  device.device_name = preparation.root_device;
  device.ebs.emplace().delete_on_termination = true;
  if (settings.volume_type) device.ebs->volume_type = settings.volume_type;
  request.block_device_mappings = {device};
  return request;
}

Builder::~Builder() {
  if (released_ || id_.empty()) return;
  const interrupt::Shield shield;
  try {
    terminate();
  } catch (const Error& error) {
    log::error(
        "builder {} of {} goes on: {}; end it with `disco_aws.py --env {} terminate "
        "--instance {}`",
        id_, preparation_.settings.name, error.what(), preparation_.settings.environment, id_);
  }
}

void Builder::launch(const std::string& user_data) {
  for (std::size_t index = 0; index < preparation_.subnet_ids.size(); ++index) {
    try {
      // From here to the answer a signal must not lose the instance's id.
      const interrupt::Shield shield;
      const auto reservation = ec2_.run_instances(
          builder_request(preparation_, preparation_.subnet_ids[index], user_data));
      id_ = reservation.instances.at(0).instance_id.value_or("");
      log::info("launched builder {} from {} ({})", id_, preparation_.source.id,
                preparation_.source.name);
      return;
    } catch (aws::ServiceError& error) {
      if (is_zone_without_capacity(error) && index + 1 < preparation_.subnet_ids.size()) {
        log::warning("subnet {}: {}; trying the next", preparation_.subnet_ids[index],
                     error.message());
        continue;
      }
      if (const std::string hint = hint_for(error); !hint.empty()) error.set_hint(hint);
      error.add_context(fmt::format("launching the builder of {}", preparation_.settings.name));
      throw;
    }
  }
}

void Builder::read_address() {
  for (const auto& reservation : ec2_.describe_instances({.instance_ids = {id_}}).reservations) {
    for (const auto& instance : reservation.instances) {
      const bool local = preparation_.options.address == BakeOptions::Address::private_address;
      address_ = (local ? instance.private_ip_address : instance.public_ip_address).value_or("");
    }
  }
}

void Builder::wait_until_running() {
  try {
    ec2_.wait_until_instance_running(
        {.instance_ids = {id_}},
        {.what = fmt::format("builder {} to be running", id_), .limit = running_limit});
  } catch (Error& error) {
    error.add_context(fmt::format("launching the builder of {}", preparation_.settings.name));
    throw;
  }
  read_address();
  if (!address_.empty()) return;
  const bool local = preparation_.options.address == BakeOptions::Address::private_address;
  Error error("Command",
              fmt::format("builder {} has no {} address", id_, local ? "private" : "public"));
  if (!local) error.set_hint("from inside the bakery's network, add --use-local-ip");
  throw error;
}

void Builder::wait_until_stopped() {
  const auto wait = [this] {
    ec2_.wait_until_instance_stopped(
        {.instance_ids = {id_}},
        {.what = fmt::format("builder {} to be stopped", id_), .limit = stopped_limit});
  };
  try {
    wait();
  } catch (const TimeoutError&) {
    log::warning("builder {} does not shut down by itself: stopping it", id_);
    ec2_.stop_instances({.instance_ids = {id_}});
    wait();
  }
}

void Builder::set_enhanced_networking() {
  aws::ec2::ModifyInstanceAttributeRequest sriov;
  sriov.instance_id = id_;
  sriov.sriov_net_support.emplace().value = "simple";
  ec2_.modify_instance_attribute(sriov);
  aws::ec2::ModifyInstanceAttributeRequest ena;
  ena.instance_id = id_;
  ena.ena_support.emplace().value = true;
  ec2_.modify_instance_attribute(ena);
}

void Builder::terminate() {
  if (id_.empty()) return;
  log::info("terminating builder {}", id_);
  try {
    ec2_.terminate_instances({.instance_ids = {id_}});
  } catch (const aws::ServiceError& error) {
    if (!error.is_not_found()) throw;
  }
  id_.clear();
}

}  // namespace asiaq::image
