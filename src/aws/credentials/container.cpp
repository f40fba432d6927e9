#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "aws/credentials/providers.h"
#include "aws/error.h"
#include "base/atomic_file.h"
#include "base/text.h"

namespace asiaq::aws::credentials {
namespace {

constexpr const char* kRelativeBase = "http://169.254.170.2";
constexpr int kAttempts = 3;

// Credentials come over plain HTTP only from the machine itself and from the agents of ECS and EKS
// (docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html).
bool may_be_plain(std::string_view host) {
  static constexpr std::array<std::string_view, 5> kKnown{"169.254.170.2", "169.254.170.23",
                                                          "[fd00:ec2::23]", "localhost", "[::1]"};
  const std::size_t colon = host.rfind(':');
  if (colon != std::string_view::npos && parse_integer(host.substr(colon + 1)))
    host = host.substr(0, colon);
  if (std::find(kKnown.begin(), kKnown.end(), host) != kKnown.end()) return true;
  in_addr address{};
  return inet_pton(AF_INET, std::string(host).c_str(), &address) == 1 &&
         ntohl(address.s_addr) >> 24U == IN_LOOPBACKNET;
}

class FromContainer final : public Provider {
 public:
  explicit FromContainer(const Sources& sources) : sources_(sources) {}

  std::optional<Credentials> fetch() override {
    const auto address = find_address();
    if (!address) return std::nullopt;
    const http::Response response = ask(request_to(*address));
    if (response.status != 200) {
      throw CredentialsError("container credentials: " + *address + " answers with HTTP status " +
                             std::to_string(response.status));
    }
    return parse_json_credentials(response.body, "container credentials of " + *address);
  }

 private:
  std::optional<std::string> find_address() const {
    if (const auto path = sources_.environment.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")) {
      if (!path->starts_with('/')) {
        throw CredentialsError("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is '" + *path +
                               "', not a path");
      }
      return kRelativeBase + *path;
    }
    return sources_.environment.get("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  }

  http::Request request_to(const std::string& address) const {
    const auto url = http::parse_url(address);
    if (!url) {
      throw CredentialsError("AWS_CONTAINER_CREDENTIALS_FULL_URI is '" + address +
                             "', not an http or https URL");
    }
    if (url->scheme == "http" && !may_be_plain(url->host)) {
      throw with_hint(
          CredentialsError("container credentials may not come over plain HTTP from " + url->host),
          "AWS_CONTAINER_CREDENTIALS_FULL_URI must be https, or an address of this "
          "machine or of the agents of ECS and EKS");
    }
    http::Request request{.method = "GET",
                          .scheme = url->scheme,
                          .host = url->host,
                          .path = url->path.empty() ? "/" : url->path,
                          .query = url->query,
                          .headers = {},
                          .body = {},
                          .route = http::Route::direct};
    request.headers.set("Accept", "application/json");
    if (const std::string token = authorization(); !token.empty())
      request.headers.set("Authorization", token);
    return request;
  }

  std::string authorization() const {
    const auto file = sources_.environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    const char* name =
        file ? "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE" : "AWS_CONTAINER_AUTHORIZATION_TOKEN";
    std::string token = sources_.environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN").value_or("");
    if (file) {
      const auto text = read_file(*file);
      if (!text) throw CredentialsError(std::string(name) + ": " + *file + " does not exist");
      token = trimmed(*text);
    }
    if (token.find_first_of("\r\n") != std::string::npos)
      throw CredentialsError(std::string(name) + " holds more than one line");
    return token;
  }

  http::Response ask(const http::Request& request) const {
    for (int attempt = 1;; ++attempt) {
      try {
        http::Response response = sources_.transport->send(
            request, {.connect = Seconds(2), .silence = Seconds(2)}, http::Resend::allowed);
        if (response.status < 500 || attempt == kAttempts) return response;
      } catch (ConnectionError& error) {
        if (attempt == kAttempts)
          throw CredentialsError("container credentials: " + error.reason());
      }
      sources_.clock.sleep_for(Seconds(1));
    }
  }

  Sources sources_;
};

}  // namespace

std::shared_ptr<Provider> from_container(const Sources& sources) {
  return std::make_shared<FromContainer>(sources);
}

}  // namespace asiaq::aws::credentials
