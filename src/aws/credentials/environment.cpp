#include "aws/credentials/providers.h"
#include "aws/error.h"
#include "aws/time_text.h"

namespace asiaq::aws::credentials {
namespace {

class FromEnvironment final : public Provider {
 public:
  explicit FromEnvironment(const Environment& environment) : environment_(environment) {}

  std::optional<Credentials> fetch() override {
    const auto id = environment_.get("AWS_ACCESS_KEY_ID");
    const auto secret = environment_.get("AWS_SECRET_ACCESS_KEY");
    if (!id && !secret) return std::nullopt;
    if (!id || !secret) {
      throw CredentialsError(std::string(id ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY") +
                             " is set without " +
                             (id ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID"));
    }
    auto token = environment_.get("AWS_SESSION_TOKEN");
    if (!token) token = environment_.get("AWS_SECURITY_TOKEN");
    return Credentials{.keys = {*id, *secret, token.value_or("")},
                       .expires = expiration(),
                       .source = "the environment variables",
                       .stored_in = {}};
  }

 private:
  std::optional<Timestamp> expiration() const {
    const auto text = environment_.get("AWS_CREDENTIAL_EXPIRATION");
    if (!text) return std::nullopt;
    const auto time = parse_time(*text);
    if (!time) throw CredentialsError("AWS_CREDENTIAL_EXPIRATION is '" + *text + "', not a time");
    return time;
  }

  const Environment& environment_;
};

}  // namespace

std::shared_ptr<Provider> from_environment(const Sources& sources) {
  return std::make_shared<FromEnvironment>(sources.environment);
}

}  // namespace asiaq::aws::credentials
