#include <nlohmann/json.hpp>

#include "aws/credentials/providers.h"
#include "aws/error.h"
#include "aws/time_text.h"

namespace asiaq::aws::credentials {
namespace {

class Fixed final : public Provider {
 public:
  explicit Fixed(Credentials credentials) : credentials_(std::move(credentials)) {}
  std::optional<Credentials> fetch() override { return credentials_; }

 private:
  Credentials credentials_;
};

}  // namespace

Credentials parse_json_credentials(std::string_view text, const std::string& where) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) throw CredentialsError(where + " gave no JSON object with credentials");
  const auto field = [&](const char* name) {
    const auto found = json.find(name);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  Credentials credentials;
  credentials.source = where;
  credentials.keys = {field("AccessKeyId"), field("SecretAccessKey"), field("SessionToken")};
  if (credentials.keys.session_token.empty()) credentials.keys.session_token = field("Token");
  if (credentials.keys.access_key_id.empty() || credentials.keys.secret_access_key.empty()) {
    std::string reason = field("Message");
    if (reason.empty()) reason = field("Code");
    throw CredentialsError(where + " gave no AccessKeyId and SecretAccessKey" +
                           (reason.empty() ? "" : ": " + reason));
  }
  if (const std::string expiration = field("Expiration"); !expiration.empty()) {
    credentials.expires = parse_time(expiration);
    if (!credentials.expires)
      throw CredentialsError(where + " gave the expiration '" + expiration + "', not a time");
  }
  return credentials;
}

std::shared_ptr<Provider> fixed(Credentials credentials) {
  return std::make_shared<Fixed>(std::move(credentials));
}

}  // namespace asiaq::aws::credentials
