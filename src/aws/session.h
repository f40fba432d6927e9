#pragma once

#include <memory>
#include <optional>
#include <string>

#include "aws/environment.h"
#include "aws/error.h"
#include "aws/statistics.h"
#include "base/clock.h"

/// The connection of the program to AWS: one region, one identity, one set of limits.
namespace asiaq::aws {

namespace credentials {
class Provider;
}
namespace config {
class SharedFiles;
}
namespace http {
class Transport;
}
struct SessionParts;

/// A read-only session refuses every operation that changes something, before anything is sent.
enum class Access { read_only, read_write };

struct SessionOptions {
  Access access = Access::read_write;
  std::optional<std::string>
      region{};  ///< else from the environment, the profile, the host's metadata
  std::optional<std::string> profile{};  ///< else AWS_PROFILE
  std::optional<std::string>
      endpoint{};  ///< URL for all services; else from the environment, the profile, AWS's rules
  std::shared_ptr<credentials::Provider>
      provider{};  ///< instead of all places where credentials may be
  std::shared_ptr<const config::SharedFiles> files{};  ///< if they have been read already
  // Replaced by tests; null and unset: the machine's own.
  std::optional<Environment> environment{};
  std::shared_ptr<http::Transport> transport{};
  Clock* clock = nullptr;
};

/// Thread-safe, cheap to open: nothing is sent and no credentials are looked for before the first
/// call.
class Session {
 public:
  /// Throws CredentialsError for settings that cannot be understood.
  static Session open(SessionOptions options = {});

  explicit Session(SessionOptions options);
  ~Session();
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;

  /// Throws CredentialsError when no region is set anywhere.
  const std::string& region() const;
  Access access() const;
  /// What was asked of AWS so far.
  const CallStatistics& calls() const;
  /// Where the credentials in use come from, for messages. Throws CredentialsError.
  std::string identity_source() const;

  /// For the runtime itself.
  SessionParts& parts() { return *parts_; }

 private:
  std::unique_ptr<SessionParts> parts_;
};

}  // namespace asiaq::aws
