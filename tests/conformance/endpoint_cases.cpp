#include <set>

#include "aws/endpoint/rules.h"
#include "aws/error.h"
#include "conformance/case.h"
#include "conformance/rule_sets.h"
#include "conformance/values.h"

namespace asiaq::aws::conformance {
namespace {

endpoint::Value value_of(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_integer()) return json.get<std::int64_t>();
  if (json.is_array()) {
    endpoint::Values values;
    for (const Json& each : json) values.push_back(value_of(each));
    return values;
  }
  endpoint::Record record;
  if (json.is_object()) {
    for (const auto& [key, each] : json.items()) record.emplace(key, value_of(each));
  }
  return record;
}

Json json_of(const endpoint::Value& value) {
  if (value.text() != nullptr) return *value.text();
  if (value.boolean() != nullptr) return *value.boolean();
  if (value.number() != nullptr) return *value.number();
  if (value.list() != nullptr) {
    Json array = Json::array();
    for (const endpoint::Value& each : *value.list()) array.push_back(json_of(each));
    return array;
  }
  Json object = Json::object();
  if (value.record() != nullptr) {
    for (const auto& [key, each] : *value.record()) object[key] = json_of(each);
  }
  return object;
}

std::vector<std::string> run(const endpoint::RuleSet& rules, const Json& test) {
  std::map<std::string, endpoint::Value, std::less<>> parameters;
  const Json given = test.value("params", Json::object());
  for (const auto& [name, value] : given.items()) parameters.emplace(name, value_of(value));
  const Json& wanted = test.at("expect");
  endpoint::Outcome outcome;
  try {
    outcome = endpoint::evaluate(rules, parameters);
  } catch (const RequestError& error) {
    if (!wanted.contains("error")) return {"error '" + error.reason() + "', wanted an endpoint"};
    if (wanted.at("error") == error.reason()) return {};
    return {"error\n  is     " + error.reason() + "\n  wanted " +
            wanted.at("error").get<std::string>()};
  }
  if (!wanted.contains("endpoint")) {
    return {"endpoint " + outcome.url + ", wanted the error " +
            wanted.at("error").get<std::string>()};
  }
  std::vector<std::string> differences;
  const Json& endpoint = wanted.at("endpoint");
  if (endpoint.at("url") != outcome.url) {
    differences.push_back("URL\n  is     " + outcome.url + "\n  wanted " +
                          endpoint.at("url").get<std::string>());
  }
  if (endpoint.contains("properties") &&
      !same(json_of(outcome.properties), endpoint.at("properties"))) {
    differences.push_back("properties\n  are    " + json_of(outcome.properties).dump() +
                          "\n  wanted " + endpoint.at("properties").dump());
  }
  Json headers = Json::object();
  for (const auto& [name, values] : outcome.headers) headers[name] = values;
  if (endpoint.contains("headers") && !same(headers, endpoint.at("headers"))) {
    differences.push_back("headers\n  are    " + headers.dump() + "\n  wanted " +
                          endpoint.at("headers").dump());
  }
  return differences;
}

void add_file(const std::filesystem::path& file, const std::string& title,
              const endpoint::RuleSet& rules) {
  const Json tests = Json::parse(read_text(file));
  int number = 0;
  for (const Json& test : tests.at("testCases")) {
    const std::string name =
        std::to_string(++number) + "_" + test_name(test.value("documentation", "case"));
    add_case(title, name, [&rules, test] { return run(rules, test); });
  }
}

}  // namespace

void add_endpoint_cases() {
  for (const auto& [name, rules] : engine_rule_sets()) {
    add_file(suites_folder() / "unit/data/endpoints/test-cases" / (name + ".json"),
             "EndpointEngine_" + test_name(name), *rules);
  }
  for (const auto& [service, rules] : service_rule_sets()) {
    const auto file =
        suites_folder() / "functional/endpoint-rules" / service / "endpoint-tests-1.json";
    if (std::filesystem::exists(file)) add_file(file, "Endpoint_" + test_name(service), *rules);
  }
}

}  // namespace asiaq::aws::conformance
