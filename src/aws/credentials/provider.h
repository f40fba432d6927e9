#pragma once

#include <filesystem>
#include <future>
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
  std::string source;               ///< for messages: "environment variables", "profile build"
  std::filesystem::path stored_in;  ///< the file they were kept in between runs; empty: none
};

/// One place where credentials may be. Need not be thread-safe: Cached serialises the calls.
class Provider {
 public:
  virtual ~Provider() = default;
  /// Nothing if this place holds none; throws CredentialsError if it should, but they are broken.
  virtual std::optional<Credentials> fetch() = 0;
  /// Why the last fetch found nothing, where that is worth telling: "the instance metadata service
  /// does not answer".
  virtual std::string absence() const { return ""; }
};

/// The first of the providers that has credentials, renewed before they expire. Thread-safe: one
/// thread fetches; the others go on with what is good for more than a minute, or wait for it.
class Cached {
 public:
  Cached(std::vector<std::shared_ptr<Provider>> providers, Clock& clock);
  /// Throws CredentialsError when no provider has any, or only such as have expired.
  Credentials get();
  /// Forgets what it holds, and what is stored of it, because AWS called it expired.
  void invalidate(const std::string& access_key_id);

 private:
  Credentials fetch() const;
  Credentials renew(std::promise<Credentials>& for_others);
  void hold(const Credentials& credentials);

  std::vector<std::shared_ptr<Provider>> providers_;
  Clock& clock_;
  std::mutex mutex_;
  std::optional<Credentials> held_;
  Timestamp renew_from_{};
  std::shared_future<Credentials> running_;  ///< valid while a thread fetches
};

}  // namespace asiaq::aws::credentials
