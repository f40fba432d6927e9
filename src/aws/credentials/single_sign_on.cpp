#include "aws/credentials/stored.h"
#include "aws/sso/client.h"

namespace asiaq::aws::credentials {
namespace {

Stored stored(const Sources& sources, const SignOn& sign_on) {
  std::vector<std::pair<std::string, std::string>> request{
      {"accountId", json_text(sign_on.account_id)}, {"roleName", json_text(sign_on.role_name)}};
  if (sign_on.session.empty()) {
    request.emplace_back("startUrl", json_text(sign_on.start_url));
  } else {
    request.emplace_back("sessionName", json_text(sign_on.session));
  }
  return {sources, request, Stored::Form::tight};
}

}  // namespace

Credentials from_single_sign_on(const Sources& sources, const SignOn& sign_on) {
  const std::string name = "profile " + sign_on.origin.profile + ", single sign-on";
  const Stored kept = stored(sources, sign_on);
  if (auto found = kept.find(name)) return *found;
  return with_context("signing on with " + sign_on.origin.text(), [&] {
    const std::string token = access_token(sources, sign_on);
    Session session = session_with(sources, {}, sign_on.region);
    try {
      const auto answer =
          sso::Client(session).get_role_credentials({.role_name = sign_on.role_name,
                                                     .account_id = sign_on.account_id,
                                                     .access_token = token});
      if (!answer.role_credentials)
        throw CredentialsError("the sign-on service gave no credentials");
      const auto& given = *answer.role_credentials;
      Credentials credentials{
          .keys = {given.access_key_id.value_or(""), given.secret_access_key.value_or(""),
                   given.session_token.value_or("")},
          .expires = std::nullopt,
          .source = name,
          .stored_in = {}};
      if (given.expiration)
        credentials.expires = Timestamp(std::chrono::milliseconds(*given.expiration));
      return kept.keep(std::move(credentials));
    } catch (ServiceError& error) {
      if (error.has_code("UnauthorizedException"))
        error.set_hint("run: aws sso login --profile " + sign_on.origin.profile);
      throw;
    }
  });
}

}  // namespace asiaq::aws::credentials
