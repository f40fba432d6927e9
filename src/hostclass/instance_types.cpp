#include "hostclass/instance_types.h"

#include "aws/ec2/client.h"

namespace asiaq::hostclass {

InstanceTypeFacts facts_from(const aws::ec2::InstanceTypeInfo& info) {
  InstanceTypeFacts facts;
  if (info.instance_storage_info && info.instance_storage_info->nvme_support != "required") {
    for (const auto& disk : info.instance_storage_info->disks) {
      facts.instance_store_disks += disk.count.value_or(0);
    }
  }
  if (info.ebs_info) {
    const std::string support = info.ebs_info->ebs_optimized_support.value_or("");
    facts.ebs_optimized = support == "supported" || support == "default";
  }
  if (info.processor_info) facts.architectures = info.processor_info->supported_architectures;
  return facts;
}

std::map<std::string, InstanceTypeFacts> observe_instance_types(
    const aws::ec2::Client& ec2, const std::set<std::string>& types) {
  std::map<std::string, InstanceTypeFacts> facts;
  if (types.empty()) return facts;
  for (const auto& info : ec2.describe_instance_types_all(
           {.instance_types = aws::List<std::string>(types.begin(), types.end())})) {
    facts[info.instance_type.value_or("")] = facts_from(info);
  }
  return facts;
}

}  // namespace asiaq::hostclass
