#include "rules_writer.h"

#include <map>
#include <sstream>

#include "names.h"

namespace awsgen {
namespace {

// Equal parts are written once: rule sets repeat themselves a lot.
class RuleTables {
 public:
  explicit RuleTables(std::string name) : name_(std::move(name)) {}

  std::string rules(const Json& rules) {
    std::string items;
    for (const Json& each : rules) items += rule(each) + ",\n    ";
    return array("Rule", items);
  }

  std::string node(const Json& json) {
    if (json.is_boolean()) {
      return std::string("Node{.kind = Node::Kind::boolean, .number = ") +
             (json.get<bool>() ? "1" : "0") + "}";
    }
    if (json.is_number()) {
      return "Node{.kind = Node::Kind::number, .number = " + std::to_string(json.get<long long>()) +
             "}";
    }
    if (json.is_string()) return "Node{.text = " + literal(json.get<std::string>()) + "}";
    if (json.is_array()) return "Node{.kind = Node::Kind::array, .items = " + nodes(json) + "}";
    if (json.contains("ref")) {
      return "Node{.kind = Node::Kind::reference, .text = " +
             literal(json.at("ref").get<std::string>()) + "}";
    }
    if (json.contains("fn")) {
      return "Node{.kind = Node::Kind::call, .text = " + literal(json.at("fn").get<std::string>()) +
             ", .items = " + nodes(json.at("argv")) + "}";
    }
    Json values = Json::array();
    std::string keys;
    for (const auto& [key, value] : json.items()) {
      keys += literal(key) + ", ";
      values.push_back(value);
    }
    return "Node{.kind = Node::Kind::object, .items = " + nodes(values) +
           ", .keys = " + array("std::string_view", keys) + "}";
  }

  std::string single(const std::string& node) { return "&" + array("Node", node) + "[0]"; }
  std::string array(const std::string& type, const std::string& items) {
    if (items.empty()) return "{}";
    const auto [place, is_new] =
        known_.try_emplace(type + "|" + items, name_ + "_" + std::to_string(known_.size()));
    if (is_new)
      out_ << "constexpr " << type << " " << place->second << "[] = {\n    " << items << "};\n";
    return place->second;
  }
  std::string text() const { return out_.str(); }

 private:
  std::string nodes(const Json& list) {
    std::string items;
    for (const Json& each : list) items += node(each) + ",\n    ";
    return array("Node", items);
  }

  std::string conditions(const Json& list) {
    std::string items;
    for (const Json& each : list) {
      items += "{.node = " + node(each);
      if (each.contains("assign"))
        items += ", .assign = " + literal(each.at("assign").get<std::string>());
      items += "},\n    ";
    }
    return array("Condition", items);
  }

  std::string rule(const Json& json) {
    const std::string type = json.at("type").get<std::string>();
    std::string text = "{.kind = Rule::Kind::" + type +
                       ", .conditions = " + conditions(json.value("conditions", Json::array()));
    if (type == "tree") return text + ", .rules = " + rules(json.at("rules")) + "}";
    if (type == "error") return text + ", .result = " + single(node(json.at("error"))) + "}";
    const Json& endpoint = json.at("endpoint");
    text += ", .result = " + single(node(endpoint.at("url")));
    for (const char* part : {"properties", "headers"}) {
      if (endpoint.contains(part) && !endpoint.at(part).empty()) {
        text += std::string(", .") + part + " = " + single(node(endpoint.at(part)));
      }
    }
    return text + "}";
  }

  std::string name_;
  std::map<std::string, std::string> known_;
  std::ostringstream out_;
};

}  // namespace

std::string rules_source(const Json& rule_set, const std::string& space) {
  std::string source = "// Written by awsgen; do not edit.\n#include \"aws/endpoint/rules.h\"\n";
  if (rule_set.is_null()) return source;
  RuleTables tables("table");
  std::string parameters;
  for (const auto& [key, value] : rule_set.at("parameters").items()) {
    parameters += "{.name = " + literal(key);
    if (value.contains("builtIn")) {
      parameters += ", .built_in = " + literal(value.at("builtIn").get<std::string>());
    }
    if (value.value("required", false)) parameters += ", .required = true";
    if (value.contains("default")) {
      parameters += ", .otherwise = " + tables.single(tables.node(value.at("default")));
    }
    parameters += "},\n    ";
  }
  const std::string parameter_array = tables.array("Parameter", parameters);
  const std::string rule_array = tables.rules(rule_set.at("rules"));
  return source + "\nnamespace asiaq::aws::endpoint {\nnamespace {\n\n" + tables.text() +
         "constexpr RuleSet rules{.parameters = " + parameter_array + ", .rules = " + rule_array +
         "};\n\n}  // namespace\n}  // namespace asiaq::aws::endpoint\n\nnamespace asiaq::aws::" +
         space +
         "::tables {\nextern const endpoint::RuleSet endpoint_rules;\nconstinit const "
         "endpoint::RuleSet "
         "endpoint_rules = endpoint::rules;\n}  // namespace asiaq::aws::" +
         space + "::tables\n";
}

std::string partitions_source(const Json& partitions) {
  std::ostringstream out, list;
  out << "// Written by awsgen; do not edit.\n#include \"aws/endpoint/rules.h\"\n\n"
      << "namespace asiaq::aws::endpoint {\nnamespace {\n\n";
  int number = 0;
  for (const Json& partition : partitions.at("partitions")) {
    const Json& outputs = partition.at("outputs");
    const auto text = [&](const char* name) { return literal(outputs.value(name, "")); };
    const auto flag = [&](const char* name) {
      return outputs.value(name, false) ? "true" : "false";
    };
    out << "constexpr std::string_view regions_" << number << "[] = {";
    for (const auto& [region, facts] : partition.at("regions").items())
      out << "\n    " << literal(region) << ",";
    out << "};\n";
    list << "    {.name = " << literal(partition.at("id").get<std::string>())
         << ", .dns_suffix = " << text("dnsSuffix")
         << ", .dual_stack_dns_suffix = " << text("dualStackDnsSuffix")
         << ", .implicit_global_region = " << text("implicitGlobalRegion")
         << ", .supports_fips = " << flag("supportsFIPS")
         << ", .supports_dual_stack = " << flag("supportsDualStack")
         << ", .region_pattern = " << literal(partition.at("regionRegex").get<std::string>())
         << ", .regions = regions_" << number << "},\n";
    ++number;
  }
  out << "\nconstexpr Partition all_partitions[] = {\n"
      << list.str() << "};\n\n}  // namespace\n\n"
      << "std::span<const Partition> partitions() { return all_partitions; }\n\n"
      << "}  // namespace asiaq::aws::endpoint\n";
  return out.str();
}

}  // namespace awsgen
