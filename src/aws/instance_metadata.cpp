#include "aws/instance_metadata.h"

#include "aws/error.h"
#include "aws/http/transport.h"
#include "base/text.h"

namespace asiaq::aws {
namespace {

using namespace std::chrono_literals;

constexpr auto kTokenLife = 6h;
constexpr auto kTokenMargin = 5min;

http::Request request_to(const std::string& endpoint, const std::string& method,
                         const std::string& path) {
  const auto url = http::parse_url(endpoint);
  if (!url) {
    throw CredentialsError("AWS_EC2_METADATA_SERVICE_ENDPOINT is '" + endpoint +
                           "', not an http or https URL");
  }
  http::Request request;
  request.method = method;
  request.scheme = url->scheme;
  request.host = url->host;
  request.path = url->path + "/latest/" + path;
  request.route = http::Route::direct;
  return request;
}

}  // namespace

InstanceMetadata::Options InstanceMetadata::options_from(const Environment& environment) {
  Options options;
  if (const auto endpoint = environment.get("AWS_EC2_METADATA_SERVICE_ENDPOINT"))
    options.endpoint = *endpoint;
  if (const auto timeout = environment.get("AWS_METADATA_SERVICE_TIMEOUT")) {
    if (const auto seconds = parse_integer(*timeout); seconds && *seconds > 0) {
      options.timeout = Seconds(static_cast<double>(*seconds));
    }
  }
  if (const auto attempts = environment.get("AWS_METADATA_SERVICE_NUM_ATTEMPTS")) {
    if (const auto number = parse_integer(*attempts); number && *number > 0) {
      options.attempts = static_cast<int>(*number);
    }
  }
  return options;
}

InstanceMetadata::InstanceMetadata(std::shared_ptr<http::Transport> transport, Options options,
                                   Clock& clock)
    : transport_(std::move(transport)), options_(std::move(options)), clock_(clock) {}

InstanceMetadata::InstanceMetadata()
    : InstanceMetadata(http::make_curl_transport(), options_from(Environment::of_process()),
                       system_clock()) {}

std::string InstanceMetadata::token() {
  const std::lock_guard lock(mutex_);
  if (!token_.empty() && clock_.steady_now() < token_until_) return token_;
  http::Request request = request_to(options_.endpoint, "PUT", "api/token");
  const auto life = std::chrono::duration_cast<std::chrono::seconds>(kTokenLife).count();
  request.headers.set("X-aws-ec2-metadata-token-ttl-seconds", std::to_string(life));
  const http::Limits limits{.connect = options_.timeout, .silence = options_.timeout};
  for (int attempt = 1;; ++attempt) {
    try {
      const http::Response response = transport_->send(request, limits, http::Resend::allowed);
      if (response.status == 200 && !response.body.empty()) {
        token_ = response.body;
        token_until_ = clock_.steady_now() + kTokenLife - kTokenMargin;
        return token_;
      }
      throw ConnectionError("the instance metadata service at " + options_.endpoint +
                                " gives no token: HTTP status " + std::to_string(response.status),
                            ConnectionError::Sent::no);
    } catch (const ConnectionError&) {
      if (attempt >= options_.attempts) throw;
    }
  }
}

std::optional<std::string> InstanceMetadata::get(const std::string& path) {
  const http::Limits limits{.connect = options_.timeout, .silence = options_.timeout};
  for (int attempt = 1;; ++attempt) {
    http::Request request = request_to(options_.endpoint, "GET", path);
    request.headers.set("X-aws-ec2-metadata-token", token());
    const http::Response response = transport_->send(request, limits, http::Resend::allowed);
    if (response.status == 200) return response.body;
    if (response.status == 404) return std::nullopt;
    if (response.status == 401 && attempt == 1) {
      const std::lock_guard lock(mutex_);
      token_.clear();
    } else if (attempt > options_.attempts) {
      throw ConnectionError("the instance metadata service at " + options_.endpoint + " answers " +
                                path + " with HTTP status " + std::to_string(response.status),
                            ConnectionError::Sent::no);
    }
  }
}

std::optional<std::string> InstanceMetadata::region() {
  if (const auto region = get("meta-data/placement/region")) return std::string(trimmed(*region));
  auto zone = get("meta-data/placement/availability-zone");
  if (!zone || zone->empty()) return std::nullopt;
  zone->pop_back();
  return zone;
}

}  // namespace asiaq::aws
