#include <fstream>
#include <sstream>

#include "aws/credentials/providers.h"
#include "aws/error.h"
#include "aws/session.h"
#include "aws/sts/client.h"
#include "base/text.h"

namespace asiaq::aws::credentials {
namespace {

class FromWebIdentity final : public Provider {
 public:
  explicit FromWebIdentity(const Sources& sources) : sources_(sources) {}

  std::optional<Credentials> fetch() override {
    const auto file = sources_.environment.get("AWS_WEB_IDENTITY_TOKEN_FILE");
    if (!file) return std::nullopt;
    const auto role = sources_.environment.get("AWS_ROLE_ARN");
    if (!role) throw CredentialsError("AWS_WEB_IDENTITY_TOKEN_FILE is set without AWS_ROLE_ARN");
    return assume_with_web_identity(
        sources_, {.role_arn = *role,
                   .token_file = *file,
                   .session_name = sources_.environment.get("AWS_ROLE_SESSION_NAME").value_or("")});
  }

 private:
  Sources sources_;
};

}  // namespace

Credentials assume_with_web_identity(const Sources& sources, const WebIdentity& identity) {
  std::ifstream stream(identity.token_file);
  std::ostringstream token;
  token << stream.rdbuf();
  if (!stream)
    throw CredentialsError("the web identity token " + identity.token_file + " cannot be read");
  Session session({.access = Access::read_only,
                   .region = sources.settings.region.value_or("us-east-1"),
                   .provider = fixed({}),
                   .environment = sources.environment,
                   .transport = sources.transport,
                   .clock = &sources.clock});
  const std::string name = identity.session_name.empty() ? "asiaq" : identity.session_name;
  const auto answer = sts::Client(session).assume_role_with_web_identity(
      {.role_arn = identity.role_arn,
       .role_session_name = name,
       .web_identity_token = std::string(trimmed(token.str()))});
  if (!answer.credentials)
    throw CredentialsError("STS gave no credentials for role " + identity.role_arn);
  return {.keys = {answer.credentials->access_key_id.value_or(""),
                   answer.credentials->secret_access_key.value_or(""),
                   answer.credentials->session_token.value_or("")},
          .expires = answer.credentials->expiration,
          .source = "web identity, role " + identity.role_arn};
}

std::shared_ptr<Provider> from_web_identity(const Sources& sources) {
  return std::make_shared<FromWebIdentity>(sources);
}

}  // namespace asiaq::aws::credentials
