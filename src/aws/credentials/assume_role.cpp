#include "aws/credentials/stored.h"
#include "aws/sts/client.h"
#include "base/terminal.h"
#include "base/text.h"

namespace asiaq::aws::credentials {
namespace {

std::string ask_for_code(const Sources& sources, const Role& role) {
  const auto answer =
      ask_on_terminal("MFA code of " + role.mfa_serial + ": ", sources.environment.terminal);
  if (!answer) {
    throw with_hint(CredentialsError("an MFA code of " + role.mfa_serial +
                                     " is needed, and there is no terminal to ask for it"),
                    "run one command with this profile in a terminal: the role's credentials are "
                    "kept until they expire");
  }
  std::string code(trimmed(*answer));
  if (code.empty()) throw CredentialsError("no MFA code of " + role.mfa_serial + " was typed");
  return code;
}

// Just as the CLI has it: the name of the session only where the user chose it.
Stored stored(const Sources& sources, const Role& role) {
  std::vector<std::pair<std::string, std::string>> request;
  if (role.duration_seconds)
    request.emplace_back("DurationSeconds", std::to_string(*role.duration_seconds));
  if (!role.external_id.empty()) request.emplace_back("ExternalId", json_text(role.external_id));
  request.emplace_back("RoleArn", json_text(role.arn));
  if (!role.session_name.empty())
    request.emplace_back("RoleSessionName", json_text(role.session_name));
  if (!role.mfa_serial.empty()) request.emplace_back("SerialNumber", json_text(role.mfa_serial));
  return {sources, request, Stored::Form::spaced};
}

}  // namespace

Credentials assume_role(const Sources& sources, const std::function<Credentials()>& source,
                        const Role& role) {
  const std::string name = "profile " + role.origin.profile + ", role " + role.arn;
  const Stored kept = stored(sources, role);
  if (auto found = kept.find(name)) return *found;
  return with_context("taking the role of " + role.origin.text(), [&] {
    sts::AssumeRoleRequest request{
        .role_arn = role.arn,
        .role_session_name = role.session_name.empty() ? "asiaq" : role.session_name,
        .duration_seconds = role.duration_seconds};
    Session session =
        session_with(sources, source(), sources.settings.region.value_or("us-east-1"));
    if (!role.external_id.empty()) request.external_id = role.external_id;
    if (!role.mfa_serial.empty()) {
      request.serial_number = role.mfa_serial;
      request.token_code = ask_for_code(sources, role);
    }
    const auto answer = sts::Client(session).assume_role(request);
    if (!answer.credentials) throw CredentialsError("STS gave no credentials");
    return kept.keep({.keys = {answer.credentials->access_key_id.value_or(""),
                               answer.credentials->secret_access_key.value_or(""),
                               answer.credentials->session_token.value_or("")},
                      .expires = answer.credentials->expiration,
                      .source = name,
                      .stored_in = {}});
  });
}

}  // namespace asiaq::aws::credentials
