#pragma once

#include <memory>
#include <optional>
#include <string>

#include "aws/http/message.h"
#include "base/clock.h"

/// Sending HTTP requests.
namespace asiaq::aws::http {

struct Limits {
  Seconds connect{5};
  Seconds silence{60};             ///< without a byte in either direction
  std::optional<Seconds> whole{};  ///< for the request and its answer
};

/// Whether a request may be sent a second time on a fresh connection when a kept one turns out to
/// be dead after the request was written to it.
enum class Resend { allowed, forbidden };

/// Sends requests. Implementations are thread-safe.
class Transport {
 public:
  virtual ~Transport() = default;
  /// Any HTTP answer is a result. Throws ConnectionError without one, Interrupted on a signal.
  virtual Response send(const Request& request, const Limits& limits, Resend resend) = 0;
};

/// libcurl with connections that are kept and shared by all threads. Proxies and certificate
/// bundles come from the environment (HTTPS_PROXY, NO_PROXY, AWS_CA_BUNDLE, CURL_CA_BUNDLE,
/// SSL_CERT_FILE).
std::unique_ptr<Transport> make_curl_transport();

}  // namespace asiaq::aws::http
