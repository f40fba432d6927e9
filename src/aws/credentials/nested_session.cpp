#include "aws/credentials/providers.h"

namespace asiaq::aws::credentials {

Session session_with(const Sources& sources, Credentials credentials,
                     std::optional<std::string> region) {
  SessionOptions options{.access = Access::read_only,
                         .region = std::move(region),
                         .provider = fixed(std::move(credentials)),
                         .files = sources.files,
                         .environment = sources.environment,
                         .transport = sources.transport,
                         .clock = &sources.clock};
  if (sources.profile.by_name) options.profile = sources.profile.name;
  return Session(std::move(options));
}

CredentialsError Origin::error(const std::string& what) const {
  return profile.empty() ? CredentialsError(what) : config::error_at(place, what);
}

std::string Origin::text() const {
  return profile.empty() ? "the environment variables"
                         : "profile " + profile + " (" + place.text() + ")";
}

}  // namespace asiaq::aws::credentials
