#include "cli/commands.h"

#include <string>

namespace asiaq::cli {

namespace {

constexpr std::string_view script_suffix = ".py";

constexpr ToolEntry tools[] = {
    {"acfg", {"acfg1"}, "Configuration files onto a host that is being baked", acfg_tool},
    {"autoscale",
     {"disco_autoscale"},
     "Auto scaling groups and what they launch from",
     autoscale_tool},
    {"aws", {"disco_aws"}, "Hosts and pipelines of an environment", aws_tool},
    {"bake", {"disco_bake"}, "Machine images: bake, promote, list and delete them", bake_tool},
    {"buckets", {}, "The S3 buckets of an account", buckets_tool},
    {"creds", {"disco_creds"}, "Credentials of an environment, kept in S3", creds_tool},
    {"eip", {"disco_eip"}, "Elastic IPs: public addresses that stay until released", eip_tool},
    {"instance", {}, "What hosts do themselves: boot services and health", instance_tool},
    {"keys", {}, "The ssh keys of an environment", keys_tool},
    {"local", {}, "The cloud in a box: an AWS endpoint and hosts on this machine", local_tool},
    {"ssh", {"disco_ssh"}, "A session on a host, through the jump host if need be", ssh_tool},
    {"vpc", {"disco_vpc_ui"}, "Environments: make, list and destroy them", vpc_tool},
};

constexpr ToolEntry scripts[] = {
    {"ssh", {"disco_ssh.sh"}, "A session on a host, or tunnels to its ports", ssh_script_tool},
};

}  // namespace

std::span<const ToolEntry> all_tools() { return tools; }

std::span<const ToolEntry> script_programs() { return scripts; }

const ToolEntry* find_tool(std::string_view name) {
  for (const ToolEntry& entry : tools) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

const ToolEntry* find_legacy_tool(std::string_view program) {
  for (const ToolEntry& entry : scripts) {
    if (entry.legacy_names[0] == program) return &entry;
  }
  if (program.size() > script_suffix.size() &&
      program.substr(program.size() - script_suffix.size()) == script_suffix) {
    program.remove_suffix(script_suffix.size());
  }
  for (const ToolEntry& entry : tools) {
    for (const std::string_view legacy : entry.legacy_names) {
      if (!legacy.empty() && legacy == program) return &entry;
    }
  }
  return nullptr;
}

Tool make_tool(const ToolEntry& entry) {
  Tool tool = entry.make();
  tool.name = entry.name;
  tool.summary = entry.summary;
  return tool;
}

std::vector<std::string> program_names() {
  std::vector<std::string> names;
  for (const ToolEntry& entry : tools) {
    for (const std::string_view legacy : entry.legacy_names) {
      if (legacy.empty()) continue;
      names.emplace_back(legacy);
      names.push_back(std::string(legacy) + std::string(script_suffix));
    }
  }
  for (const ToolEntry& entry : scripts) names.emplace_back(entry.legacy_names[0]);
  return names;
}

}  // namespace asiaq::cli
