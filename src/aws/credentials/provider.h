#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "aws/sign/sigv4.h"
#include "aws/value.h"
#include "base/clock.h"

/// Where credentials come from: one file per provider; the order is in credentials/chain.cpp.
namespace asiaq::aws::credentials {

struct Credentials {
  sign::Keys keys;
  std::optional<Timestamp> expires;
  std::string source;  ///< for messages: "environment variables", "profile build"
};

/// One place where credentials may be. Need not be thread-safe: Cached serialises the calls.
class Provider {
 public:
  virtual ~Provider() = default;
  /// Nothing if this place holds none; throws CredentialsError if it should, but they are broken.
  virtual std::optional<Credentials> fetch() = 0;
};

/// The first of the providers that has credentials, kept until shortly before they expire.
/// Thread-safe: one thread fetches, the others use what is still good or wait.
class Cached {
 public:
  Cached(std::vector<std::shared_ptr<Provider>> providers, Clock& clock);
  /// Throws CredentialsError when no provider has any.
  Credentials get();
  /// Forgets what it holds, because AWS called it expired.
  void invalidate(const std::string& access_key_id);

 private:
  std::vector<std::shared_ptr<Provider>> providers_;
  Clock& clock_;
  std::mutex mutex_;
  std::optional<Credentials> held_;
};

}  // namespace asiaq::aws::credentials
