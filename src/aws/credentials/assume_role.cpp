#include <cstdio>
#include <memory>

#include "aws/credentials/providers.h"
#include "aws/error.h"
#include "aws/session.h"
#include "aws/sts/client.h"
#include "base/text.h"

namespace asiaq::aws::credentials {
namespace {

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

// Not from stdin, which may be a pipe that belongs to the command.
std::string ask_for_code(const Role& role) {
  const std::unique_ptr<std::FILE, FileCloser> terminal(std::fopen("/dev/tty", "r+"));
  if (!terminal) {
    CredentialsError error("profile " + role.profile + " needs an MFA code of " + role.mfa_serial +
                           ", and there is no terminal to ask for it");
    error.set_hint("put temporary credentials into the environment");
    throw error;
  }
  std::fprintf(terminal.get(), "MFA code of %s: ", role.mfa_serial.c_str());
  std::fflush(terminal.get());
  char line[64] = "";
  if (std::fgets(line, sizeof line, terminal.get()) == nullptr) line[0] = '\0';
  return std::string(trimmed(line));
}

}  // namespace

Credentials assume_role(const Sources& sources, const Credentials& source, const Role& role) {
  Session session({.access = Access::read_only,
                   .region = sources.settings.region.value_or("us-east-1"),
                   .provider = fixed(source),
                   .environment = sources.environment,
                   .transport = sources.transport,
                   .clock = &sources.clock});
  sts::AssumeRoleRequest request{
      .role_arn = role.arn,
      .role_session_name = role.session_name.empty() ? "asiaq" : role.session_name,
      .duration_seconds = role.duration_seconds};
  if (!role.external_id.empty()) request.external_id = role.external_id;
  if (!role.mfa_serial.empty()) {
    request.serial_number = role.mfa_serial;
    request.token_code = ask_for_code(role);
  }
  try {
    const auto answer = sts::Client(session).assume_role(request);
    if (!answer.credentials) throw CredentialsError("STS gave no credentials");
    return {.keys = {answer.credentials->access_key_id.value_or(""),
                     answer.credentials->secret_access_key.value_or(""),
                     answer.credentials->session_token.value_or("")},
            .expires = answer.credentials->expiration,
            .source = "profile " + role.profile + ", role " + role.arn};
  } catch (Error& error) {
    error.add_context("taking the role of profile " + role.profile);
    throw;
  }
}

}  // namespace asiaq::aws::credentials
