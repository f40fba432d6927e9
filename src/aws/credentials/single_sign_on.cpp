#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "aws/credentials/providers.h"
#include "aws/encoding.h"
#include "aws/error.h"
#include "aws/session.h"
#include "aws/sso/client.h"
#include "aws/time_text.h"

namespace asiaq::aws::credentials {
namespace {

std::string access_token(const Sources& sources, const SignOn& sign_on) {
  const std::string key = sign_on.session.empty() ? sign_on.start_url : sign_on.session;
  const std::filesystem::path file =
      sources.environment.home / ".aws" / "sso" / "cache" / (hex(sha1(key)) + ".json");
  CredentialsError error("there is no valid sign-on of profile " + sign_on.profile);
  error.set_hint("run: aws sso login --profile " + sign_on.profile);
  std::ifstream stream(file);
  std::ostringstream text;
  text << stream.rdbuf();
  const nlohmann::json json = nlohmann::json::parse(text.str(), nullptr, false);
  if (!stream || !json.is_object() || !json.contains("accessToken") ||
      !json["accessToken"].is_string())
    throw error;
  const auto expires = parse_time(json.value("expiresAt", ""));
  if (!expires || *expires <= sources.clock.now()) throw error;
  return json["accessToken"].get<std::string>();
}

}  // namespace

Credentials from_single_sign_on(const Sources& sources, const SignOn& sign_on) {
  const std::string token = access_token(sources, sign_on);
  Session session({.access = Access::read_only,
                   .region = sign_on.region,
                   .provider = fixed({}),
                   .environment = sources.environment,
                   .transport = sources.transport,
                   .clock = &sources.clock});
  try {
    const auto answer = sso::Client(session).get_role_credentials(
        {.role_name = sign_on.role_name, .account_id = sign_on.account_id, .access_token = token});
    if (!answer.role_credentials) throw CredentialsError("the sign-on service gave no credentials");
    const auto& given = *answer.role_credentials;
    Credentials credentials{
        .keys = {given.access_key_id.value_or(""), given.secret_access_key.value_or(""),
                 given.session_token.value_or("")},
        .expires = std::nullopt,
        .source = "profile " + sign_on.profile + ", single sign-on"};
    if (given.expiration)
      credentials.expires = Timestamp(std::chrono::milliseconds(*given.expiration));
    return credentials;
  } catch (Error& error) {
    error.add_context("signing on with profile " + sign_on.profile);
    throw;
  }
}

}  // namespace asiaq::aws::credentials
