#include <set>

#include "aws/endpoint/endpoint.h"
#include "aws/error.h"
#include "conformance/case.h"
#include "conformance/registry.h"
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

using Parameters = std::map<std::string, endpoint::Value, std::less<>>;

Parameters parameters_of(const Json& test, const char* key) {
  Parameters parameters;
  const Json given = test.value(key, Json::object());
  for (const auto& [name, value] : given.items()) parameters.emplace(name, value_of(value));
  return parameters;
}

std::vector<std::string> compare(const std::function<endpoint::Outcome()>& evaluate,
                                 const Json& wanted) {
  endpoint::Outcome outcome;
  try {
    outcome = evaluate();
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

// The parameters as a service's client would find them for a call.
std::vector<std::string> run_call(const Registered& suite, const Json& call, const Json& wanted) {
  const Entry* entry = suite.find(call.at("operationName").get<std::string>());
  if (entry == nullptr) return {"the model has no such operation"};
  const std::shared_ptr<void> input = entry->input();
  if (input) {
    fill(call.value("operationParams", Json::object()), *entry->operation->input, input.get());
  }
  const Parameters built_ins = parameters_of(call, "builtInParams");
  const auto built_in = [&](std::string_view name) {
    const auto found = built_ins.find(name);
    return found == built_ins.end() ? endpoint::Value() : found->second;
  };
  return compare(
      [&] { return endpoint::evaluate(*suite.service, *entry->operation, input.get(), built_in); },
      wanted);
}

void add_calls(const Json& test, const std::string& title, const std::string& name,
               const std::string& suite) {
  for (const Json& call : test.value("operationInputs", Json::array())) {
    add_case(title, name + "_" + call.at("operationName").get<std::string>(), [=] {
      const Registered* registered = Registration::find(suite);
      return registered == nullptr ? std::vector<std::string>{"nothing was generated for " + suite}
                                   : run_call(*registered, call, test.at("expect"));
    });
  }
}

void add_file(const std::filesystem::path& file, const std::string& title,
              const endpoint::RuleSet& rules, const std::string& suite) {
  const Json tests = Json::parse(read_text(file));
  int number = 0;
  for (const Json& test : tests.at("testCases")) {
    const std::string name =
        std::to_string(++number) + "_" + test_name(test.value("documentation", "case"));
    add_case(title, name, [&rules, test] {
      return compare([&] { return endpoint::evaluate(rules, parameters_of(test, "params")); },
                     test.at("expect"));
    });
    add_calls(test, title, name, suite);
  }
}

}  // namespace

void add_endpoint_cases() {
  for (const auto& [name, rules] : engine_rule_sets()) {
    add_file(suites_folder() / "unit/data/endpoints/test-cases" / (name + ".json"),
             "EndpointEngine_" + test_name(name), *rules, "");
  }
  for (const auto& [service, rules] : service_rule_sets()) {
    add_file(suites_folder() / "functional/endpoint-rules" / service / "endpoint-tests-1.json",
             "Endpoint_" + test_name(service), *rules, "endpoint_" + test_name(service));
  }
}

}  // namespace asiaq::aws::conformance
