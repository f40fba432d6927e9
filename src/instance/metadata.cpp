#include "instance/metadata.h"

#include <fmt/format.h>

#include "aws/error.h"
#include "base/error.h"

namespace asiaq::instance {

namespace {

constexpr const char* default_endpoint = "http://169.254.169.254";
// Long enough for a busy host at boot; nobody else than the machine's own host answers here.
constexpr aws::http::Limits limits{.connect = Seconds(2), .silence = Seconds(5)};

Error metadata_error(std::string reason) {
  return with_hint(Error("Metadata", std::move(reason)), "this command runs on hosts in EC2");
}

}  // namespace

Metadata::Metadata(std::unique_ptr<aws::http::Transport> transport,
                   const aws::Environment& environment)
    : transport_(std::move(transport)) {
  const std::string text =
      environment.get("AWS_EC2_METADATA_SERVICE_ENDPOINT").value_or(default_endpoint);
  const auto url = aws::http::parse_url(text);
  if (!url) {
    throw ConfigError(fmt::format("AWS_EC2_METADATA_SERVICE_ENDPOINT is no URL: {}", text));
  }
  endpoint_ = *url;
}

aws::http::Response Metadata::send(aws::http::Request request) {
  request.scheme = endpoint_.scheme;
  request.host = endpoint_.host;
  request.path = endpoint_.path + request.path;
  try {
    return transport_->send(request, limits, aws::http::Resend::allowed);
  } catch (const aws::ConnectionError& error) {
    throw metadata_error(
        fmt::format("the instance metadata service does not answer: {}", error.reason()));
  }
}

std::string Metadata::token() {
  if (token_.empty()) {
    aws::http::Request request{.method = "PUT", .path = "/latest/api/token"};
    request.headers.set("X-aws-ec2-metadata-token-ttl-seconds", "300");
    const auto response = send(std::move(request));
    if (response.status != 200) {
      throw metadata_error(
          fmt::format("the instance metadata service gives no token: HTTP {}", response.status));
    }
    token_ = response.body;
  }
  return token_;
}

std::optional<std::string> Metadata::find(const std::string& path) {
  aws::http::Request request{.method = "GET", .path = "/latest/" + path};
  request.headers.set("X-aws-ec2-metadata-token", token());
  auto response = send(std::move(request));
  if (response.status == 404) return std::nullopt;
  if (response.status != 200) {
    throw metadata_error(
        fmt::format("the instance metadata service refuses {}: HTTP {}", path, response.status));
  }
  return std::move(response.body);
}

std::string Metadata::get(const std::string& path) {
  if (auto document = find(path)) return *document;
  throw metadata_error(fmt::format("the instance metadata service has no {}", path));
}

std::string Metadata::vpc_id() {
  return get(fmt::format("meta-data/network/interfaces/macs/{}/vpc-id", get("meta-data/mac")));
}

}  // namespace asiaq::instance
