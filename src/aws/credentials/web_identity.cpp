#include "aws/credentials/stored.h"
#include "aws/sts/client.h"
#include "base/atomic_file.h"
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
                   .session_name = sources_.environment.get("AWS_ROLE_SESSION_NAME").value_or(""),
                   .origin = {}});
  }

 private:
  Sources sources_;
};

std::string token_of(const WebIdentity& identity) {
  const auto token = read_file(identity.token_file);
  if (!token) {
    throw CredentialsError("the web identity token " + identity.token_file + " does not exist");
  }
  std::string core(trimmed(*token));
  if (core.empty())
    throw CredentialsError("the web identity token " + identity.token_file + " is empty");
  return core;
}

Stored stored(const Sources& sources, const WebIdentity& identity) {
  std::vector<std::pair<std::string, std::string>> request{
      {"RoleArn", json_text(identity.role_arn)}};
  if (!identity.session_name.empty())
    request.emplace_back("RoleSessionName", json_text(identity.session_name));
  return {sources, request, Stored::Form::spaced};
}

}  // namespace

Credentials assume_with_web_identity(const Sources& sources, const WebIdentity& identity) {
  const std::string name = "web identity, role " + identity.role_arn;
  const Stored kept = stored(sources, identity);
  if (auto found = kept.find(name)) return *found;
  return with_context("taking the role of " + identity.origin.text(), [&] {
    Session session = session_with(sources, {}, sources.settings.region.value_or("us-east-1"));
    const auto answer = sts::Client(session).assume_role_with_web_identity(
        {.role_arn = identity.role_arn,
         .role_session_name = identity.session_name.empty() ? "asiaq" : identity.session_name,
         .web_identity_token = token_of(identity)});
    if (!answer.credentials) throw CredentialsError("STS gave no credentials");
    return kept.keep({.keys = {answer.credentials->access_key_id.value_or(""),
                               answer.credentials->secret_access_key.value_or(""),
                               answer.credentials->session_token.value_or("")},
                      .expires = answer.credentials->expiration,
                      .source = name,
                      .stored_in = {}});
  });
}

std::shared_ptr<Provider> from_web_identity(const Sources& sources) {
  return std::make_shared<FromWebIdentity>(sources);
}

}  // namespace asiaq::aws::credentials
