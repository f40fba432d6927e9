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
    throw CredentialsError("the instance metadata service is set to '" + endpoint +
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

ConnectionError refusal(const std::string& endpoint, const std::string& what) {
  return {"the instance metadata service at " + endpoint + " " + what, ConnectionError::Sent::no};
}

// Answers of services that do not know tokens.
bool has_no_tokens(int status) { return status == 403 || status == 404 || status == 405; }

}  // namespace

InstanceMetadata::InstanceMetadata(std::shared_ptr<http::Transport> transport, Options options,
                                   Clock& clock)
    : transport_(std::move(transport)), options_(std::move(options)), clock_(clock) {}

http::Response InstanceMetadata::send(const http::Request& request) {
  const http::Limits limits{.connect = options_.timeout, .silence = options_.timeout};
  for (int attempt = 1;; ++attempt) {
    try {
      http::Response response = transport_->send(request, limits, http::Resend::allowed);
      if (response.status < 500 || attempt >= options_.attempts) return response;
    } catch (const ConnectionError&) {
      if (attempt >= options_.attempts) throw;
    }
  }
}

std::string InstanceMetadata::token() {
  const std::lock_guard lock(mutex_);
  if (clock_.steady_now() < token_until_) return token_;
  http::Request request = request_to(options_.endpoint, "PUT", "api/token");
  const auto life = std::chrono::duration_cast<std::chrono::seconds>(kTokenLife).count();
  request.headers.set("X-aws-ec2-metadata-token-ttl-seconds", std::to_string(life));
  std::string answer = "does not answer";
  std::string given;
  try {
    const http::Response response = send(request);
    answer = "answers with HTTP status " + std::to_string(response.status);
    if (response.status == 200) given = response.body;
    if (given.empty() && !has_no_tokens(response.status))
      throw refusal(options_.endpoint, "gives no token: it " + answer);
  } catch (const ConnectionError& error) {
    // From a container, more hops away than the service allows, only tokens get lost.
    if (error.sent() == ConnectionError::Sent::no) throw;
  }
  if (given.empty() && options_.version_1 == Version1::refused) {
    throw refusal(options_.endpoint, "gives no token (it " + answer +
                                         "), and asking without one is switched off by "
                                         "AWS_EC2_METADATA_V1_DISABLED or the profile");
  }
  token_ = given;
  token_until_ = clock_.steady_now() + kTokenLife - kTokenMargin;
  return token_;
}

void InstanceMetadata::forget_token() {
  const std::lock_guard lock(mutex_);
  token_until_ = {};
}

std::optional<std::string> InstanceMetadata::get(const std::string& path) {
  http::Request request = request_to(options_.endpoint, "GET", path);
  for (bool renewed = false;; renewed = true) {
    if (const std::string with = token(); !with.empty())
      request.headers.set("X-aws-ec2-metadata-token", with);
    const http::Response response = send(request);
    if (response.status == 200) return response.body;
    if (response.status == 404) return std::nullopt;
    if (response.status != 401 || renewed) {
      throw refusal(options_.endpoint,
                    "answers " + path + " with HTTP status " + std::to_string(response.status));
    }
    forget_token();
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
