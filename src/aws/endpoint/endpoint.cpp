#include "aws/endpoint/endpoint.h"

#include <array>

#include "aws/error.h"

namespace asiaq::aws::endpoint {
namespace {

bool is_global(const Service& service) {
  return service.name == "iam" || service.name == "route53";
}

std::string suffix_of(const std::string& region) {
  if (region.starts_with("cn-")) return "amazonaws.com.cn";
  return "amazonaws.com";
}

}  // namespace

Endpoint resolve(const Service& service, const Operation&, const void*, const std::string& region,
                 const config::Settings& settings) {
  Endpoint endpoint{
      .url = {}, .signing_region = region, .signing_name = std::string(service.signing_name)};
  if (const auto configured = settings.endpoint_for(service.id)) {
    const auto url = http::parse_url(*configured);
    if (!url) throw RequestError("the endpoint '" + *configured + "' is not an http or https URL");
    endpoint.url = *url;
    return endpoint;
  }
  endpoint.url.scheme = "https";
  if (is_global(service)) {
    endpoint.url.host = std::string(service.endpoint_prefix) + "." + suffix_of(region);
    endpoint.signing_region = region.starts_with("cn-") ? "cn-north-1" : "us-east-1";
  } else {
    endpoint.url.host =
        std::string(service.endpoint_prefix) + "." + region + "." + suffix_of(region);
  }
  return endpoint;
}

}  // namespace asiaq::aws::endpoint
