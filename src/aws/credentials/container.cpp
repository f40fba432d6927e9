#include <array>
#include <fstream>
#include <sstream>

#include "aws/credentials/providers.h"
#include "aws/error.h"
#include "base/text.h"

namespace asiaq::aws::credentials {
namespace {

constexpr const char* kRelativeBase = "http://169.254.170.2";

class FromContainer final : public Provider {
 public:
  explicit FromContainer(const Sources& sources) : sources_(sources) {}

  std::optional<Credentials> fetch() override {
    const auto relative = sources_.environment.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    const auto full = sources_.environment.get("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    if (!relative && !full) return std::nullopt;
    const std::string address = relative ? kRelativeBase + *relative : *full;
    const auto url = http::parse_url(address);
    if (!url)
      throw CredentialsError("AWS_CONTAINER_CREDENTIALS_FULL_URI is '" + address + "', not a URL");
    if (url->scheme == "http" && !may_be_plain(url->host)) {
      throw CredentialsError("container credentials may not come over plain HTTP from " +
                             url->host);
    }
    http::Request request{.method = "GET",
                          .scheme = url->scheme,
                          .host = url->host,
                          .path = url->path,
                          .query = url->query,
                          .headers = {},
                          .body = {},
                          .route = http::Route::direct};
    if (request.path.empty()) request.path = "/";
    if (const std::string token = authorization(); !token.empty())
      request.headers.set("Authorization", token);
    const http::Response response = sources_.transport->send(
        request, {.connect = Seconds(2), .silence = Seconds(2)}, http::Resend::allowed);
    if (response.status != 200) {
      throw CredentialsError("container credentials: " + url->host + " answers with HTTP status " +
                             std::to_string(response.status));
    }
    return parse_json_credentials(response.body, "container credentials");
  }

 private:
  static bool may_be_plain(std::string_view host) {
    static constexpr std::array<std::string_view, 5> kKnown{"169.254.170.2", "169.254.170.23",
                                                            "[fd00:ec2::23]", "localhost", "[::1]"};
    for (const std::string_view known : kKnown) {
      if (host == known || (host.starts_with(known) && host.substr(known.size()).starts_with(':')))
        return true;
    }
    return host.starts_with("127.");
  }

  std::string authorization() const {
    if (const auto file = sources_.environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")) {
      std::ifstream stream(*file);
      std::ostringstream text;
      text << stream.rdbuf();
      if (!stream)
        throw CredentialsError("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: " + *file +
                               " cannot be read");
      return std::string(trimmed(text.str()));
    }
    return sources_.environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN").value_or("");
  }

  Sources sources_;
};

}  // namespace

std::shared_ptr<Provider> from_container(const Sources& sources) {
  return std::make_shared<FromContainer>(sources);
}

}  // namespace asiaq::aws::credentials
