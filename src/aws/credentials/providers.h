#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "aws/config/settings.h"
#include "aws/config/shared_files.h"
#include "aws/credentials/provider.h"
#include "aws/environment.h"
#include "aws/http/transport.h"
#include "aws/session.h"

/// Makers of all providers.
namespace asiaq::aws::credentials {

/// What providers work with. The session keeps the referenced things alive.
struct Sources {
  const Environment& environment;
  std::shared_ptr<const config::SharedFiles> files;
  config::ProfileChoice profile;
  const config::Settings& settings;
  std::shared_ptr<http::Transport> transport;
  Clock& clock;
};

/// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN or AWS_SECURITY_TOKEN, and
/// AWS_CREDENTIAL_EXPIRATION.
std::shared_ptr<Provider> from_environment(const Sources& sources);

/// The profile in use: keys, a role with its source, a program, single sign-on, a web identity.
std::shared_ptr<Provider> from_profile(const Sources& sources);

/// AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN, AWS_ROLE_SESSION_NAME.
std::shared_ptr<Provider> from_web_identity(const Sources& sources);

/// AWS_CONTAINER_CREDENTIALS_FULL_URI or …_RELATIVE_URI.
std::shared_ptr<Provider> from_container(const Sources& sources);

/// The role of this EC2 instance.
std::shared_ptr<Provider> from_instance(const Sources& sources);

/// All places in the order in which they count.
std::vector<std::shared_ptr<Provider>> default_chain(const Sources& sources);

// What providers are made of.

/// A session for the calls that providers themselves make, with everything as the session that asks
/// has it but the credentials; empty keys for operations that are not signed.
Session session_with(const Sources& sources, Credentials credentials,
                     std::optional<std::string> region);

/// A setting of a profile by which credentials are got, for messages.
struct Origin {
  std::string profile;  ///< its name; empty: variables
  config::Place place;

  CredentialsError error(const std::string& what) const;
  /// "the profile build (/home/a/.aws/config, line 3)".
  std::string text() const;
};

struct WebIdentity {
  std::string role_arn, token_file, session_name;
  Origin origin;
};
Credentials assume_with_web_identity(const Sources& sources, const WebIdentity& identity);

struct Role {
  std::string arn, session_name, external_id, mfa_serial;
  std::optional<int> duration_seconds;
  Origin origin;
};
/// Takes what an earlier run has stored; else asks STS with the credentials of `source`. Reads an
/// MFA code from the terminal if the role needs one.
Credentials assume_role(const Sources& sources, const std::function<Credentials()>& source,
                        const Role& role);

/// Runs the command line of `credential_process` (words as a POSIX shell splits them, but no
/// shell).
Credentials from_process(const std::string& command, const Origin& origin);

struct SignOn {
  std::string session;  ///< of a section [sso-session …]; empty: the older form, by start URL
  std::string start_url, region, account_id, role_name;
  Origin origin;
};
/// Uses the token that `aws sso login` left, and renews it where that is allowed.
Credentials from_single_sign_on(const Sources& sources, const SignOn& sign_on);

/// The access token of the sign-on (credentials/sign_on_token.cpp).
std::string access_token(const Sources& sources, const SignOn& sign_on);

/// {"AccessKeyId": …, "SecretAccessKey": …, "Token" or "SessionToken": …, "Expiration": …}. Throws
/// CredentialsError naming `where` for anything else.
Credentials parse_json_credentials(std::string_view text, const std::string& where);

/// A provider of credentials that are at hand.
std::shared_ptr<Provider> fixed(Credentials credentials);

}  // namespace asiaq::aws::credentials
