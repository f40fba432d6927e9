#include "aws/endpoint/endpoint.h"

#include "aws/endpoint/rules.h"
#include "aws/error.h"

namespace asiaq::aws::endpoint {
namespace {

using Parameters = std::map<std::string, Value, std::less<>>;

Value configured_value(std::string_view name, const Service& service, const std::string& region,
                       const config::Settings& settings) {
  const auto configured = settings.endpoint_for(service.id);
  if (name == "AWS::Region") return region;
  if (name == "AWS::UseFIPS") return settings.use_fips;
  if (name == "AWS::UseDualStack") return settings.use_dual_stack;
  if (name == "SDK::Endpoint") return configured ? Value(*configured) : Value();
  // An endpoint of one's own seldom has a name for every bucket.
  if (name == "AWS::S3::ForcePathStyle") return configured.has_value();
  if (name == "AWS::STS::UseGlobalEndpoint" || name == "AWS::S3::UseGlobalEndpoint" ||
      name == "AWS::S3::Accelerate" || name == "AWS::S3::DisableMultiRegionAccessPoints") {
    return false;
  }
  return {};
}

// Of one value a rule gets the value, of several the list.
Value input_value(const Operation& operation, const EndpointInput& from, const void* input) {
  if (from.path.empty()) return from.is_boolean ? Value(from.on) : Value(from.text);
  if (operation.input == nullptr || input == nullptr) return {};
  Values values;
  for (const Found& found : values_at(*operation.input, input, from.path)) {
    if (found.shape->kind == Kind::boolean) {
      values.emplace_back(*static_cast<const bool*>(found.value));
    } else {
      values.emplace_back(text_of(found));
    }
  }
  if (values.empty()) return {};
  return has_many(from.path) ? Value(std::move(values)) : values.front();
}

Parameters parameters_of(const Service& service, const Operation& operation, const void* input,
                         const BuiltIns& built_ins) {
  Parameters parameters;
  for (const Parameter& parameter : service.rules->parameters) {
    Value value;
    for (const EndpointInput& from : operation.endpoint_inputs) {
      if (from.parameter == parameter.name && !value.is_set())
        value = input_value(operation, from, input);
    }
    if (!value.is_set()) value = built_ins(parameter.built_in);
    if (value.is_set()) parameters.emplace(parameter.name, std::move(value));
  }
  return parameters;
}

void read_signing(const Value& properties, Endpoint& endpoint) {
  const Value schemes = call_function("getAttr", {properties, Value("authSchemes")});
  if (schemes.list() == nullptr) return;
  for (const Value& scheme : *schemes.list()) {
    const auto field = [&](const char* name) {
      const Value value = call_function("getAttr", {scheme, Value(name)});
      return value.text() == nullptr ? std::string() : *value.text();
    };
    if (field("name") != "sigv4") continue;
    if (const std::string region = field("signingRegion"); !region.empty())
      endpoint.signing_region = region;
    if (const std::string name = field("signingName"); !name.empty()) endpoint.signing_name = name;
    return;
  }
}

http::Url url_of(const std::string& text) {
  const auto url = http::parse_url(text);
  if (!url) throw RequestError("the endpoint '" + text + "' is not an http or https URL");
  return *url;
}

}  // namespace

Outcome evaluate(const Service& service, const Operation& operation, const void* input,
                 const BuiltIns& built_ins) {
  return evaluate(*service.rules, parameters_of(service, operation, input, built_ins));
}

Endpoint resolve(const Service& service, const Operation& operation, const void* input,
                 const std::string& region, const config::Settings& settings) {
  Endpoint endpoint{
      .url = {}, .signing_region = region, .signing_name = std::string(service.signing_name)};
  if (service.rules == nullptr) {
    const auto configured = settings.endpoint_for(service.id);
    if (!configured) throw RequestError(std::string(service.name) + " has no endpoint");
    endpoint.url = url_of(*configured);
    return endpoint;
  }
  try {
    const Outcome outcome = evaluate(service, operation, input, [&](std::string_view name) {
      return configured_value(name, service, region, settings);
    });
    endpoint.url = url_of(outcome.url);
    read_signing(outcome.properties, endpoint);
  } catch (Error& error) {
    error.add_context("the endpoint of " + std::string(service.name) + " in " + region);
    throw;
  }
  return endpoint;
}

std::string bucket_of(const Operation& operation, const void* input) {
  for (const EndpointInput& from : operation.endpoint_inputs) {
    if (from.parameter != "Bucket") continue;
    const Value bucket = input_value(operation, from, input);
    return bucket.text() == nullptr ? "" : *bucket.text();
  }
  return "";
}

}  // namespace asiaq::aws::endpoint
