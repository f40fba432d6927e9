#pragma once

#include <memory>

#include "aws/config/shared_files.h"
#include "aws/credentials/provider.h"
#include "aws/environment.h"
#include "aws/http/transport.h"

/// Makers of all providers.
namespace asiaq::aws::credentials {

/// What providers work with. The session keeps it alive.
struct Sources {
  const Environment& environment;
  const config::SharedFiles& files;
  config::ProfileChoice profile;
  http::Transport& transport;
  Clock& clock;
};

/// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN or AWS_SECURITY_TOKEN.
std::unique_ptr<Provider> from_environment(const Sources& sources);

/// The profile in use, whatever its kind.
std::unique_ptr<Provider> from_profile(const Sources& sources);

/// All places in the order in which they count.
std::vector<std::unique_ptr<Provider>> default_chain(const Sources& sources);

}  // namespace asiaq::aws::credentials
